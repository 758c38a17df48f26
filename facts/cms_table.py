"""The content management systems that we know, in our own words.

WordPress is proved on an installation (tests/probes/test_cms.py); the others by pages made from
their sources and documentation (tests/recordings/cms), and each mark has its page there.
"""

from __future__ import annotations

from facts.cms_product import Product, ask, login

_V = r"(?P<v>\d[\d.]{0,20})"
_XMLRPC = ask("legacy", "/xmlrpc.php", r"XML-RPC server accepts POST requests only", status=405)
_FOLDER = r"[\"'(](?P<root>(?:/[\w.~-]{1,60}){0,3})"  # the folder that an installation is in

WORDPRESS = Product(
    "wordpress",
    "WordPress",
    generator=r"^WordPress(?: (?P<v>\d[\d.]{0,20}))?",
    headers=(("link", r"rel=\"https://api\.w\.org/\""), ("x-pingback", r"/xmlrpc\.php$")),
    html=(
        _FOLDER + r"/wp-includes/(?:css/dist/block-library/style(?:\.min)?\.css"
        r"|css/dashicons(?:\.min)?\.css|js/wp-emoji-release\.min\.js|js/wp-embed(?:\.min)?\.js)"
        r"\?ver=(?P<v>\d[\d.]{0,20})",
        _FOLDER + r"/wp-(?:content/(?:themes|plugins)|includes)/",
    ),
    versions=(
        ("/feed/", r"<generator>https?://wordpress\.org/\?v=(?P<v>\d[\d.]{0,20})"),
        ("/wp-links-opml.php", r"generator=\"WordPress/(?P<v>\d[\d.]{0,20})\""),
        (
            "/wp-login.php",
            r"/wp-admin/(?:css/login(?:\.min)?\.css|load-styles\.php)[^\"']{0,300}[?&;]ver=" + _V,
        ),
    ),
    trials=(
        login("/wp-login.php", r"name=\"log\"", r"name=\"pwd\""),
        ask("installer", "/wp-admin/install.php",
            r"name=\"weblog_title\"|id=\"language-continue\""),
        ask("installer", "/wp-admin/setup-config.php", r"setup-config\.php\?step=\d"),
        ask("installer", "/wp-admin/upgrade.php", r"upgrade\.php\?step=1"),
        ask("users", "/wp-json/wp/v2/users", r"\A\s{0,9}\[\{\"id\":\d", r"\"slug\":"),
        ask("users", "/?rest_route=/wp/v2/users", r"\A\s{0,9}\[\{\"id\":\d", r"\"slug\":"),
        ask(
            "users", "/?author=1",
            r"<body[^>]{0,200}\sclass=\"[^\"]{0,300}\bauthor-[a-z]", leads=r"/author/[^/?]",
        ),
        ask("users", "/wp-sitemap-users-1.xml", r"<urlset", r"<loc>[^<]{1,300}author[/=]"),
        _XMLRPC,
        ask("debug", "/wp-content/debug.log", r"^\[\d\d-\w{3}-\d{4} [\d:]{8} [^\]]{1,40}\] "),
        ask("registration", "/wp-login.php?action=register",
            r"id=\"registerform\"", r"\"user_email\""),
        ask("registration", "/wp-signup.php", r"id=\"setupform\"", r"\"user_email\""),
    ),
    components=(
        ("plugin", r"/wp-content/plugins/(?P<name>[\w-]{1,60})/"),
        ("theme", r"/wp-content/themes/(?P<name>[\w-]{1,60})/"),
    ),
)  # fmt: skip
JOOMLA = Product(
    "joomla",
    "Joomla",
    generator=r"^Joomla!",
    html=(
        r"class=\"joomla-script-options",
        _FOLDER + r"/media/system/js/(?:core|caption|mootools-core)(?:\.min)?\.js",
    ),
    versions=(
        ("/administrator/manifests/files/joomla.xml", r"<version>(?P<v>\d[\d.]{0,20})</version>"),
        ("/language/en-GB/langmetadata.xml", r"<version>(?P<v>\d[\d.]{0,20})</version>"),
        ("/language/en-GB/en-GB.xml", r"<version>(?P<v>\d[\d.]{0,20})</version>"),
    ),
    trials=(
        login("/administrator/", r"com_login|mod-login"),
        ask("installer", "/installation/index.php", r"jform\[site_name\]"),
        ask("users", "/api/index.php/v1/users?public=true", r"\"type\":\"users\"", r"\"username\""),
        ask("registration", "/index.php?option=com_users&view=registration", r"jform\[email1\]"),
    ),
    components=(("plugin", r"/(?:components|plugins/[a-z]{1,30})/(?P<name>[\w-]{1,60})/"),),
)
DRUPAL = Product(
    "drupal",
    "Drupal",
    generator=r"^Drupal (?P<v>\d+)",
    headers=(
        ("x-generator", r"^Drupal (?P<v>\d+)"),
        ("x-drupal-cache", r"."),
        ("x-drupal-dynamic-cache", r"."),
    ),
    html=(
        _FOLDER + r"/core/misc/drupal(?:\.init|SettingsLoader)?\.js\?v=(?P<v>\d[\d.]{0,20})",
        _FOLDER + r"/sites/(?:default|all)/(?:files|themes|modules)/",
    ),
    versions=(
        ("", r"/core/misc/drupal(?:\.init|SettingsLoader)?\.js\?v=(?P<v>\d[\d.]{0,20})"),
        ("/CHANGELOG.txt", r"^Drupal (?P<v>7\.\d{1,3}), "),
    ),
    trials=(
        login("/user/login", r"user-login", r"name=\"pass\""),
        ask("installer", "/core/install.php", r"name=\"langcode\""),
        ask("users", "/jsonapi/user/user", r"\"type\":\"user--user\"", r"\"display_name\""),
        _XMLRPC,
        ask("registration", "/user/register", r"user-register-form", r"name=\"mail\""),
    ),
    components=(("plugin", r"/modules/(?:contrib/)?(?P<name>[a-z][\w-]{1,60})/"),),
)
NUKEVIET = Product(
    "nukeviet",
    "NukeViet",
    generator=r"^NukeViet v(?P<v>\d+\.\d+)",
    html=(r"\bnv_base_siteurl\s{0,3}=", r"\bnv_cookie_prefix\s{0,3}="),
    exact=r"\d+\.\d+\.\d+",
    trials=(
        login("/admin/", r"nv_(?:login|password)"),
        ask("installer", "/install/index.php", r"NukeViet", r"index\.php\?[\w=&;]{0,60}step="),
        ask("registration", "/users/register/", r"type=\"password\"", r"name=\"agreecheck\""),
    ),
)  # fmt: skip
TYPO3 = Product(
    "typo3",
    "TYPO3",
    generator=r"^TYPO3",
    html=(_FOLDER + r"/typo3(?:conf|temp)/", _FOLDER + r"/_assets/[0-9a-f]{32}/"),
    trials=(
        login("/typo3/", r"typo3-login|t3js-login"),
        ask("installer", "/typo3/install.php", r"TYPO3", r"name=\"install\[password\]\""),
    ),
    components=(("plugin", r"/typo3conf/ext/(?P<name>\w{1,60})/"),),
)
DNN = Product(
    "dnn",
    "DNN (DotNetNuke)",
    cookies=r"^(?:\.DOTNETNUKE|dnn_IsMobile)",
    html=(_FOLDER + r"/DesktopModules/", r"[\"']/Portals/(?:\d{1,3}|_default)/"),
    trials=(
        login("/Login", r"dnn[_$]ctr"),
        ask("installer", "/Install/InstallWizard.aspx",
            r"InstallWizard", r"installerPassword|txtPassword"),
        ask("registration", "/Register", r"dnn[_$]ctr[^\"']{0,60}Register", r"type=\"password\""),
    ),
    components=(("plugin", r"/DesktopModules/(?P<name>[\w.-]{1,60})/"),),
)  # fmt: skip
LIFERAY = Product(
    "liferay",
    "Liferay",
    headers=(("liferay-portal", r"^[^\d]{0,80}(?P<v>\d+\.\d+(?:\.\d+){0,4})?"),),
    html=(r"Liferay\.(?:AUI|ThemeDisplay|currentURL)\b", _FOLDER + r"/o/frontend-js-"),
    trials=(
        login("/c/portal/login", r"login_web_portlet_LoginPortlet|_58_login"),
        ask("legacy", "/api/jsonws", r"<title>[^<]{0,80}JSON ?WS|json-web-services-api"),
        ask("legacy", "/api/axis", r"And now\.\.\. Some Services"),
    ),
)
SHAREPOINT = Product(
    "sharepoint",
    "Microsoft SharePoint",
    headers=(
        ("microsoftsharepointteamservices", r"(?P<v>\d[\d.]{0,20})"),
        ("x-sharepointhealthscore", r"."),
    ),
    html=(_FOLDER + r"/_layouts/15/",),
    exact=r"\d+\.\d+\.\d+\.\d+",
    trials=(
        ask("admin", "/_layouts/15/settings.aspx", r"_layouts/15/", r"Site Settings|Thiết đặt"),
        ask("users", "/_api/web/siteusers", r"<d:LoginName>|\"LoginName\""),
        ask("legacy", "/_vti_bin/lists.asmx", r"following operations are supported\."),
    ),
)
UMBRACO = Product(
    "umbraco",
    "Umbraco",
    headers=(("x-umbraco-version", r"(?P<v>\d[\d.]{0,20})"),),
    generator=r"^Umbraco",
    html=(_FOLDER + r"/umbraco_client/",),
    trials=(
        ask("admin", "/umbraco/", r"ng-app=\"umbraco\"|<umb-app|<umb-auth"),
        ask("installer", "/install", r"ng-app=\"umbraco\.install\"|<umb-installer"),
    ),
)
# Newsroom platforms: no version and no path of theirs is known, so the common log-ins are tried.
VCCORP = Product(
    "vccorp", "VCCorp", html=(r"class=\"[^\"]{0,200}\bafcbc-body\b", r"VCSortableInPreviewMode")
)
MASTERCMS = Product("mastercms", "MasterCMS", html=(r"__MASTERCMS_[A-Z]",))
ONECMS = Product("onecms", "ONECMS", html=(r"class=\"[^\"]{0,200}\bonecms__",))

PRODUCTS = (WORDPRESS, JOOMLA, DRUPAL, NUKEVIET, TYPO3, DNN, LIFERAY, SHAREPOINT, UMBRACO, VCCORP,
            MASTERCMS, ONECMS)  # fmt: skip
BY_ID = {one.id: one for one in PRODUCTS}

# Where a log-in for editors is on a system that is not known, or has no path of its own.
COMMON = tuple(
    login(path)
    for path in ("/admin/", "/administrator/", "/cms/", "/quantri/", "/wp-login.php", "/toasoan/")
)
# What a start page shows when messages for developers are switched on.
DEBUGGING = (
    ("php", r"<b>(?:Notice|Warning|Deprecated|Fatal error)</b>:\s{1,3}.{1,300}? in <b>/"),
    ("joomla", r"id=\"system-debug\""),
    ("drupal", r"<!-- THEME DEBUG -->"),
    ("symfony", r"id=\"sfwdt[0-9a-f]{6}|class=\"sf-toolbar"),
    ("laravel", r"phpdebugbar-body|window\.ignite\("),
    ("django", r"You're seeing this error because you have <code>DEBUG = True</code>"),
    ("asp.net", r"<b> ?Stack Trace:</b>.{0,200}<code>"),
)  # fmt: skip
