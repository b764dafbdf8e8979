#!/bin/sh
# System libraries that no wheel brings: system_packages.sh pdf|browser
# Installed with apt when we may, otherwise one line says what to install.
set -u

# Pango draws the PDFs, HarfBuzz subsets their fonts, WenQuanYi holds the Chinese glyphs, gettext compiles translations.
pdf_packages="libpangoft2-1.0-0 libharfbuzz-subset0 fonts-wqy-microhei gettext"
browser_packages="chromium"

library() { ldconfig -p 2>/dev/null | grep -q "$1" || [ -e "/usr/lib/$1" ] || ls /usr/lib/*/"$1" >/dev/null 2>&1; }

has_pango() { library libpangoft2-1.0.so.0 && library libpango-1.0.so.0; }

has_pdf() {
    has_pango && library libharfbuzz-subset.so.0 && command -v msgfmt >/dev/null 2>&1 &&
        { ls /usr/share/fonts/truetype/wqy/*.ttc >/dev/null 2>&1 || fc-list ':lang=zh-cn' 2>/dev/null | grep -q .; }
}

has_browser() { command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1; }

case $1 in
pdf) packages=$pdf_packages ;;
browser) packages=$browser_packages ;;
*) echo "usage: $0 pdf|browser" >&2; exit 2 ;;
esac

"has_$1" && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing with apt: $packages"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086  # a list of words
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages; } >/dev/null 2>&1
    "has_$1" && exit 0
fi
case $1 in
pdf) echo "PDFs and translations need system libraries; install them: sudo apt-get install --no-install-recommends $packages" >&2 ;;
browser) echo "Browser tests need Chromium; install it: sudo apt-get install --no-install-recommends $packages" >&2 ;;
esac
# Without Pango the application cannot be imported; without the rest it works, with poorer papers or in English.
[ "$1" = pdf ] && has_pango && exit 0
exit 1
