# Administrators need a key and a code.  Each of them must run google-authenticator first: whoever
# has not enrolled cannot log in any more.  Keep a second session open until a new log-in worked.
set -eu
GROUP=${GROUP:-sudo}    # the administrators' group; wheel on Red Hat
if command -v dnf >/dev/null; then
    dnf -y install google-authenticator
else
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libpam-google-authenticator
fi
for name in $(getent group "$GROUP" | cut -d: -f4 | tr ',' ' '); do
    home=$(getent passwd "$name" | cut -d: -f6)
    [ -f "$home/.google_authenticator" ] || { echo "$name must run google-authenticator first" >&2; exit 1; }
done

# It stands before the password: nothing before it may end the stack.
grep -q pam_google_authenticator /etc/pam.d/sshd ||
    sed -i '1i auth required pam_google_authenticator.so' /etc/pam.d/sshd
file=/etc/ssh/sshd_config
for f in "$file" /etc/ssh/sshd_config.d/*.conf; do
    [ -f "$f" ] && sed -i -E 's/^(KbdInteractive|ChallengeResponse)Authentication .*/\1Authentication yes/I' "$f"
done
grep -q "^Match Group $GROUP # press-scan" "$file" ||
    printf '\nMatch Group %s # press-scan\n    AuthenticationMethods publickey,keyboard-interactive\n' "$GROUP" >>"$file"
sshd -t
systemctl reload ssh 2>/dev/null || systemctl reload sshd
