"""Debian's WordPress on php-fpm and MariaDB, behind nginx.  It never asks the internet.

One tree and one database server carry several sites: each has its own tables, and what differs in
its settings comes from nginx.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.lab.nginx import nginx
from tests.lab.places import free_port, running

PACKAGE = Path("/usr/share/wordpress")
ADDRESS = "127.38.1.1"
VERSION_FILE = "wp-includes/version.php"
EDITOR = "bientapvien"
STILL = 1.0  # seconds without a new line in a log: nobody asks any more
OLD, PLUGIN = "6.9.4", ("wp-file-manager", "6.8")  # of the neglected site

_CONFIG = """<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'wordpress');
define('DB_PASSWORD', 'lab');
define('DB_HOST', '%(database)s');
define('DB_CHARSET', 'utf8mb4');
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_DEBUG', getenv('LAB_DEBUG') === 'on' || ($_SERVER['LAB_DEBUG'] ?? '') === 'on');
define('WP_DEBUG_LOG', WP_DEBUG);
define('WP_DEBUG_DISPLAY', WP_DEBUG);
$host = $_SERVER['HTTP_HOST'] ?? '%(address)s';
define('WP_HOME', 'http://' . $host);
define('WP_SITEURL', 'http://' . $host);
define('WPMU_PLUGIN_DIR', '%(root)s/mu-' . ($_SERVER['LAB_SITE'] ?? 'none'));
$table_prefix = ($_SERVER['LAB_SITE'] ?? getenv('LAB_SITE')) . '_';
if (!defined('ABSPATH')) { define('ABSPATH', __DIR__ . '/'); }
require_once ABSPATH . 'wp-settings.php';
"""
_INSTALL = """
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = $argv[1];
require $argv[2] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Báo Thử', 'EDITOR', 'lab@bao.test', true, '', 'lab-password-1');
if ($argv[3] === 'open') { update_option('users_can_register', 1); }
""".replace("EDITOR", EDITOR)
_KEPT = """<?php
remove_action('wp_head', 'wp_generator');
add_filter('the_generator', '__return_empty_string');
foreach (['style_loader_src', 'script_loader_src'] as $hook) {
    add_filter($hook, fn($src) => remove_query_arg('ver', $src));
}
remove_action('wp_head', 'print_emoji_detection_script', 7);
add_filter('rest_endpoints', function ($all) {
    if (!is_user_logged_in()) {
        foreach (array_keys($all) as $route) {
            if (str_starts_with($route, '/wp/v2/users')) { unset($all[$route]); }
        }
    }
    return $all;
});
add_filter('wp_sitemaps_add_provider', fn($p, $name) => $name === 'users' ? false : $p, 10, 2);
add_action('template_redirect', function () {
    if (is_author()) { global $wp_query; $wp_query->set_404(); status_header(404); }
});
remove_filter('template_redirect', 'redirect_canonical');
"""
_FPM = """[global]
daemonize = no
error_log = %(folder)s/fpm.log
[lab]
user = %(user)s
group = %(user)s
listen = %(address)s:%(port)d
pm = static
pm.max_children = 3
php_admin_value[sendmail_path] = /bin/true
clear_env = no
"""
_SITE = """
    server {
        listen %(address)s:%(port)d;
        root %(root)s;
        index index.php;
        access_log %(folder)s/access-%(name)s.log lab;
        %(extra)s
        location / { try_files $uri $uri/ /index.php?$args; }
        location ~ \\.php$ {
            include /etc/nginx/fastcgi_params;
            fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
            fastcgi_param HTTP_HOST %(address)s:%(port)d;
            fastcgi_param LAB_SITE %(name)s;
            fastcgi_param LAB_DEBUG %(debug)s;
            fastcgi_pass %(fpm)s;
        }
    }
"""
_LOG = (
    "log_format lab '$msec $request_time $request_method $status"
    ' "$http_user_agent" $request_uri\';'
)
FIXES = Path(__file__).parents[2] / "checks" / "fixes"
QUIET = "location = /wp-content/debug.log { return 404; }"  # one tree: it is the neglected site's


def fixes(fpm: str) -> str:
    """What we tell people to paste, with this site's own PHP."""
    texts = [
        (FIXES / f"cms.{name}.nginx").read_text("utf-8")
        for name in ("legacy-api", "admin-exposed", "installer", "debug")
    ]
    own = "\n".join(texts).replace("unix:/run/php/php-fpm.sock", fpm)
    return own.replace("include fastcgi_params", "include /etc/nginx/fastcgi_params")


@dataclass(frozen=True)
class WordPress:
    """Where the sites are: as installed, well kept, neglected, and not yet installed."""

    folder: Path
    default: int
    kept: int
    neglected: int
    fresh: int

    def log(self, name: str) -> list[str]:
        """The requests that a site got: `END SECONDS METHOD STATUS "AGENT" PATH`.

        A line is written after its answer was sent, so this waits until the log stands still.
        """
        log = self.folder / f"access-{name}.log"
        before, now = None, log.read_text("utf-8")
        while before != now:
            time.sleep(STILL)
            before, now = now, log.read_text("utf-8")
        return now.splitlines()

    @property
    def version(self) -> str:
        """As its own file says."""
        text = (PACKAGE / VERSION_FILE).read_text("utf-8")
        return text.partition("$wp_version = '")[2].partition("'")[0]


@contextmanager
def wordpress(folder: Path) -> Iterator[WordPress]:
    """Run the four sites until the end of the block."""
    root = folder / "wordpress"
    shutil.copytree(PACKAGE, root, symlinks=False, ignore=shutil.ignore_patterns("languages"))
    ports = [free_port(ADDRESS) for _ in range(6)]
    database, fpm, *sites = ports
    there = WordPress(folder, *sites)
    (root / "wp-config.php").write_text(
        _CONFIG % {"database": f"{ADDRESS}:{database}", "address": ADDRESS, "root": root}
    )
    _neglect(root)
    (root / "mu-kept").mkdir()
    (root / "mu-kept" / "keep.php").write_text(_KEPT)
    user = "www-data" if os.geteuid() == 0 else ""
    if user:
        for place in (root / "wp-content", root / "mu-kept"):
            shutil.chown(place, user, user)
    (folder / "fpm.conf").write_text(
        _FPM % {"folder": folder, "user": user or "nobody", "address": ADDRESS, "port": fpm}
    )
    php = ["/usr/sbin/php-fpm8.2", "-F", "-y", str(folder / "fpm.conf"), "-c", "/dev/null"]
    php += ["-d", "extension=mysqli"]
    with (
        _mariadb(folder, database),
        running([*php, *(["-R"] if user else [])], ADDRESS, fpm, folder / "fpm.out"),
        nginx(folder, _LOG + "".join(_sites(there, root, fpm)), address=ADDRESS, port=there.kept),
    ):
        for name, wish in (("default", ""), ("kept", ""), ("neglected", "open")):
            _install(root, name, getattr(there, name), wish)
        yield there


def _neglect(root: Path) -> None:
    """The neglected site says that it is of an old release, and loads an old plug-in."""
    version = root / VERSION_FILE
    old = f"if (($_SERVER['LAB_SITE'] ?? '') === 'neglected') {{ $wp_version = '{OLD}'; }}"
    version.write_text(f"{version.read_text('utf-8')}\n{old}\n", "utf-8")
    (root / "mu-neglected").mkdir()
    (root / "mu-neglected" / "old.php").write_text(
        "<?php add_action('wp_head', function () { echo '<link rel=\"stylesheet\" href=\"'"
        f" . content_url('plugins/{PLUGIN[0]}/style.css') . '\">'; }});\n"
    )
    plugin = root / "wp-content" / "plugins" / PLUGIN[0]
    plugin.mkdir()
    (plugin / "readme.txt").write_text(f"=== Old ===\nStable tag: {PLUGIN[1]}\n")


def _sites(there: WordPress, root: Path, fpm: int) -> Iterator[str]:
    for name in ("default", "kept", "neglected", "fresh"):
        yield _SITE % {
            "address": ADDRESS, "port": getattr(there, name), "root": root,
            "folder": there.folder, "name": name, "fpm": f"{ADDRESS}:{fpm}",
            "extra": {"kept": fixes(f"{ADDRESS}:{fpm}"), "neglected": ""}.get(name, QUIET),
            "debug": "on" if name == "neglected" else "off",
        }  # fmt: skip


def _install(root: Path, name: str, port: int, wish: str) -> None:
    subprocess.run(
        ["/usr/bin/php8.2", "-d", "sendmail_path=/bin/true", "-r", _INSTALL,
         f"{ADDRESS}:{port}", str(root), wish],
        check=True, env={**os.environ, "LAB_SITE": name}, capture_output=True, timeout=60,
    )  # fmt: skip


@contextmanager
def _mariadb(folder: Path, port: int) -> Iterator[None]:
    home = folder / "mariadb"
    home.mkdir()
    user = ["--user=root"] if os.geteuid() == 0 else []
    common = [f"--datadir={home}", *user]
    subprocess.run(
        ["/usr/bin/mariadb-install-db", "--no-defaults", *common, "--skip-test-db",
         "--auth-root-authentication-method=normal"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    argv = ["/usr/sbin/mariadbd", "--no-defaults", *common, f"--bind-address={ADDRESS}"]
    argv += [f"--port={port}", f"--socket={folder}/mariadb.sock", "--skip-name-resolve"]
    argv += [f"--pid-file={folder}/mariadb.pid", "--innodb-flush-method=nosync"]
    argv += ["--innodb-buffer-pool-size=32M"]
    with running(argv, ADDRESS, port, folder / "mariadb.log"):
        sql = (
            "CREATE DATABASE wordpress CHARACTER SET utf8mb4;"
            "CREATE USER wordpress IDENTIFIED BY 'lab';"
            "GRANT ALL ON wordpress.* TO wordpress;"
        )
        subprocess.run(
            ["/usr/bin/mariadb", "--no-defaults", f"--socket={folder}/mariadb.sock", "-u", "root"],
            input=sql, text=True, check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        yield
