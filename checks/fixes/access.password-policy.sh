# New passwords have at least 14 characters of 4 kinds.
set -eu
if command -v dnf >/dev/null; then
    dnf -y install libpwquality
else
    dpkg -s libpam-pwquality >/dev/null 2>&1 ||
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libpam-pwquality
    # Written by hand, common-password is not kept by pam-auth-update: the line is put in front.
    if ! grep -qE '^password.*pam_pwquality' /etc/pam.d/common-password; then
        sed -i '0,/^password/s/^password/password requisite pam_pwquality.so retry=3\npassword/' /etc/pam.d/common-password
        sed -i -E '/pam_unix\.so/{/use_authtok/!s/pam_unix\.so/pam_unix.so use_authtok/}' /etc/pam.d/common-password
    fi
fi
file=/etc/security/pwquality.conf
sed -i -E '/^[[:space:]]*(minlen|minclass|[dulo]credit|enforcing)[[:space:]]*=/d' "$file"
printf 'minlen = 14\nminclass = 4\n' >>"$file"
