# A CMS version that stores passwords with bcrypt or Argon2.  Run as root, after a backup.
# Not tested by us on a whole site: the update is the CMS's own.  WordPress 6.8, Joomla 3.2,
# Drupal 10.1 and TYPO3 9 are the first versions; NukeViet has no such version yet.
set -eu
SITE="${SITE:-/var/www/html}"
RUN_AS="${RUN_AS:-www-data}"

if [ -e "$SITE/wp-includes/version.php" ]; then
  command -v wp >/dev/null || { echo "Install wp-cli, or update in WordPress's own dashboard." >&2; exit 1; }
  sudo -u "$RUN_AS" wp --path="$SITE" core update
  sudo -u "$RUN_AS" wp --path="$SITE" core update-db
elif [ -e "$SITE/vendor/bin/drush" ]; then
  echo "Update with: composer update 'drupal/core-*' --with-all-dependencies; vendor/bin/drush updatedb" >&2
  exit 1
else
  echo "Update the CMS in its own administration, and let everybody log in once." >&2
  exit 1
fi
