namespace AdminWeb.Tests;

/// <summary>What is looked at in each page, in the page.</summary>
internal static class Accessibility
{
    /// <summary>Returns what is wrong. Contrast as WCAG 2.2 §1.4.3 computes it, over the ground that is really behind a text.</summary>
    public const string Check = """
        () => {
            const problems = [];
            const one = (selector, what) => { if (document.querySelectorAll(selector).length !== 1) problems.push('not one ' + what); };
            one('main', 'main'); one('h1', 'h1'); one('body > header', 'header'); one('body > footer', 'footer');
            if (document.documentElement.lang !== 'en') problems.push('no language');
            if (!document.title) problems.push('no title');
            let level = 0;
            for (const heading of document.querySelectorAll('h1,h2,h3,h4')) {
                const now = Number(heading.tagName[1]);
                if (now > level + 1 && level > 0) problems.push('heading jumps: ' + heading.textContent);
                level = now;
            }
            for (const input of document.querySelectorAll('input:not([type=hidden]),select,textarea'))
                if (input.labels.length === 0) problems.push('no label: ' + input.name);
            for (const control of document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary')) {
                if (control.tabIndex < 0) problems.push('not reachable by keyboard: ' + control.outerHTML);
                const named = control.textContent.trim() || control.getAttribute('aria-label') || (control.labels && control.labels.length);
                if (!named) problems.push('no name: ' + control.outerHTML);
            }
            for (const nav of document.querySelectorAll('nav,[role=region],[role=img]'))
                if (!nav.getAttribute('aria-label')) problems.push('no name: ' + nav.outerHTML.slice(0, 60));
            for (const th of document.querySelectorAll('th')) if (!th.scope) problems.push('heading cell without scope');
            const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
            if (new Set(ids).size !== ids.length) problems.push('an id twice');

            const rgba = text => { const n = text.match(/[\d.]+/g).map(Number); return n.length > 3 ? n : [...n, 1]; };
            const light = c => { const f = v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; };
                return .2126 * f(c[0]) + .7152 * f(c[1]) + .0722 * f(c[2]); };
            const ground = e => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; } return [255, 255, 255, 1]; };
            const seen = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            const told = new Set();
            while (seen.nextNode()) {
                const element = seen.currentNode.parentElement;
                if (!seen.currentNode.textContent.trim() || element.closest('option')) continue;
                const style = getComputedStyle(element);
                const colour = element.closest('svg') ? style.fill : style.color;
                const [a, b] = [light(rgba(colour)), light(ground(element))].sort((x, y) => y - x);
                const contrast = (a + .05) / (b + .05);
                if (contrast < 4.5) told.add(`contrast ${contrast.toFixed(2)}: ${element.tagName}.${element.className.baseVal ?? element.className}`);
            }
            return [...problems, ...told];
        }
        """;
}
