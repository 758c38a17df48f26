# Administrators' passwords are changed every 60 days, and the last 10 are barred.
set -eu
DAYS=${DAYS:-60}
group=sudo; file=/etc/pam.d/common-password
if command -v dnf >/dev/null; then group=wheel; fi

for name in $(awk -F: '$3 == 0 { print $1 }' /etc/passwd) $(getent group "$group" | cut -d: -f4 | tr ',' ' '); do
    case $(getent shadow "$name" | cut -d: -f2) in ''|'!'*|'*'*) continue ;; esac
    chage -M "$DAYS" "$name"
done
if command -v authselect >/dev/null; then
    authselect enable-feature with-pwhistory
    sed -i -E '/^[# ]*remember/d' /etc/security/pwhistory.conf
    echo 'remember = 10' >>/etc/security/pwhistory.conf
elif ! grep -qE '^password.*pam_pwhistory' "$file"; then
    # Behind the module that asks for the password, before the one that stores it.
    line='password required pam_pwhistory.so remember=10'
    if grep -qE '^password.*pam_pwquality' "$file"; then line="$line use_authtok"; fi
    sed -i "0,/^password.*pam_unix/s/^password.*pam_unix/$line\n&/" "$file"
    sed -i -E '/pam_unix\.so/{/use_authtok/!s/pam_unix\.so/pam_unix.so use_authtok/}' "$file"
fi
