# Postfix, as root: nothing but your own machines in mynetworks, and no relaying for strangers
postconf -e 'mynetworks = 127.0.0.0/8 [::1]/128' \
  'smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination'
postfix reload
# Exchange, in PowerShell: the receive connector that takes mail from the internet
#   Get-ReceiveConnector | Get-ADPermission | where {$_.ExtendedRights -like '*Accept-Any-Recipient*'}
