# Files of keys are their owners' alone again; DSA and RSA keys under 2048 bits are commented out.
set -eu
getent passwd | while IFS=: read -r name _ uid gid _ home _; do
    file=$home/.ssh/authorized_keys
    [ -d "$home/.ssh" ] || continue
    chown "$uid:$gid" "$home/.ssh"
    chmod 700 "$home/.ssh"
    [ -f "$file" ] || continue
    chown "$uid:$gid" "$file"
    chmod 600 "$file"
    while read -r line; do
        case $line in ''|'#'*) printf '%s\n' "$line"; continue ;; esac
        told=$(printf '%s\n' "$line" | ssh-keygen -l -f /dev/stdin 2>/dev/null) || told=
        case "${told%% *} $told" in
            *'(DSA)'*) printf '# press-scan: %s\n' "$line" ;;
            *'(RSA)'*) if [ "${told%% *}" -lt 2048 ]; then printf '# press-scan: '; fi; printf '%s\n' "$line" ;;
            *) printf '%s\n' "$line" ;;
        esac
    done <"$file" >"$file.new"
    cat "$file.new" >"$file"
    rm "$file.new"
    echo "looked at: $name"
done
