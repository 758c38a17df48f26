"""What makes the well-kept host, its careless twin, and one that a Match block opens."""

from __future__ import annotations

PEOPLE = """
useradd -m -s /bin/bash an
usermod -aG sudo an
"""
KEY = """
install -d -m 700 -o an -g an /home/an/.ssh
ssh-keygen -q -t ed25519 -N '' -f /tmp/access-key
install -m 600 -o an -g an /tmp/access-key.pub /home/an/.ssh/authorized_keys
rm -f /tmp/access-key /tmp/access-key.pub
"""

GOOD = (
    PEOPLE
    + KEY
    + """
echo 'an:canary-Long-Passw0rd!' | chpasswd
chage -M 60 an
cat > /etc/ssh/sshd_config.d/10-access.conf <<'S'
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication yes
AllowGroups sudo scan
Match Group sudo
    AuthenticationMethods publickey,keyboard-interactive
S
sed -i 's/^KbdInteractiveAuthentication no//' /etc/ssh/sshd_config
echo 'auth required pam_google_authenticator.so' >> /etc/pam.d/sshd
cat > /etc/security/pwquality.conf <<'Q'
minlen = 14
minclass = 4
Q
cat > /etc/pam.d/common-password <<'P'
password requisite pam_pwquality.so retry=3
password required pam_pwhistory.so remember=10 use_authtok
password [success=1 default=ignore] pam_unix.so obscure use_authtok yescrypt
password requisite pam_deny.so
password required pam_permit.so
P
cat > /etc/pam.d/common-auth <<'P'
auth requisite pam_faillock.so preauth
auth [success=2 default=ignore] pam_unix.so
auth [default=die] pam_faillock.so authfail
auth requisite pam_deny.so
auth required pam_permit.so
P
sed -i '1i account required pam_faillock.so' /etc/pam.d/common-account
echo 'deny = 5' > /etc/security/faillock.conf
printf 'TMOUT=300\\nreadonly TMOUT\\nexport TMOUT\\n' > /etc/profile.d/idle.sh
cat > /etc/sssd/sssd.conf <<'D'
[sssd]
services = nss
domains = bao
[domain/bao]
id_provider = ldap
ldap_uri = ldap://127.0.0.1:3890
D
chmod 600 /etc/sssd/sssd.conf
systemctl enable sssd
"""
)

BAD = (
    PEOPLE
    + """
for name in admin huy minh; do useradd -m -s /bin/bash $name; done
useradd -o -u 0 -g 0 -M -s /bin/bash toor
echo 'an:canary-short' | chpasswd
echo 'admin:canary-admin' | chpasswd
echo 'huy:canary-huy' | chpasswd
usermod -p '' minh
usermod -p '$1$canaryxx$GZvUMVf/bJVmJsjI4Cz7Z/' toor
chage -d 2026-01-05 huy
install -d -m 777 -o huy -g huy /home/huy/.ssh
ssh-keygen -q -t rsa -b 1024 -N '' -f /tmp/access-key
install -m 666 -o huy -g huy /tmp/access-key.pub /home/huy/.ssh/authorized_keys
rm -f /tmp/access-key /tmp/access-key.pub
cat > /etc/ssh/sshd_config.d/10-access.conf <<'S'
PermitRootLogin yes
PasswordAuthentication yes
S
sed -i 's/^passwd:.*/passwd: files/' /etc/nsswitch.conf
cat > /etc/pam.d/common-password <<'P'
password [success=1 default=ignore] pam_unix.so yescrypt
password requisite pam_deny.so
password required pam_permit.so
P
echo 'huy ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/huy
chmod 440 /etc/sudoers.d/huy
"""
)

MATCH = (
    PEOPLE
    + KEY
    + """
cat > /etc/ssh/sshd_config.d/10-access.conf <<'S'
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin no
S
cat >> /etc/ssh/sshd_config <<'S'
Match Address 10.0.0.0/8
    PasswordAuthentication yes
    PermitRootLogin yes
S
"""
)
