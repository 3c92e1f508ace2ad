import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
/******/ var __webpack_modules__ = ({

/***/ 455:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs/promises");

/***/ }),

/***/ 760:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:path");

/***/ }),

/***/ 882:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   V: () => (/* binding */ environmentName)
/* harmony export */ });
/* unused harmony export inputPrefix */
/** What the names of all input variables begin with. */
const inputPrefix = 'INPUT_';
/**
 * The environment variable of an input: upper case, spaces as `_`, dashes kept; as the runner writes it and getInput of
 * @actions/core reads it.
 */
function environmentName(input) {
    return `${inputPrefix}${input.replaceAll(' ', '_').toUpperCase()}`;
}
//# sourceMappingURL=environment.js.map

/***/ }),

/***/ 345:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   D: () => (/* binding */ createPlainStep)
/* harmony export */ });
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(455);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(760);
/* harmony import */ var _text_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(983);



function createPlainStep(environment) {
    const append = async (variable, text) => {
        const path = environment[variable];
        if (path)
            await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.appendFile)(path, text);
    };
    return {
        environment,
        setOutputs: values => append('GITHUB_OUTPUT', Object.entries(values)
            .map(([name, value]) => `${name}=${value}\n`)
            .join('')),
        summarize: markdown => append('GITHUB_STEP_SUMMARY', markdown),
        error(message, title) {
            const property = escapeData((0,_text_js__WEBPACK_IMPORTED_MODULE_2__/* .toOneLine */ .GX)(title)).replaceAll(':', '%3A').replaceAll(',', '%2C');
            process.stdout.write(`::error title=${property}::${escapeData((0,_text_js__WEBPACK_IMPORTED_MODULE_2__/* .toPlainText */ .bo)(message))}\n`);
        },
        async readAll(folder, name) {
            const entries = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.readdir)(folder, { recursive: true }).catch(() => []);
            const paths = entries.filter(path => path === name || path.endsWith(`/${name}`)).sort();
            return Promise.all(paths.map(path => (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.readFile)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, path), 'utf8')));
        },
    };
}
/** Escapes the text of a workflow command. */
function escapeData(text) {
    return text.replaceAll('%', '%25').replaceAll('\n', '%0A');
}
//# sourceMappingURL=plain-step.js.map

/***/ }),

/***/ 983:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   GX: () => (/* binding */ toOneLine),
/* harmony export */   bo: () => (/* binding */ toPlainText),
/* harmony export */   rh: () => (/* binding */ clipStart)
/* harmony export */ });
/* unused harmony exports clipEnd, clipName */
/**
 * Makes text from outside (logs, events, program output) printable for the log and the reports. White space,
 * separators, control characters and format characters are those of Unicode, so that all readers agree on them:
 * JavaScript, the .NET code of the runner, terminals and browsers. Pure.
 */
/** Terminal escape sequences as defined in ECMA-48: CSI (colors, cursor) and OSC (titles, links). */
const terminalSequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;
/** All line breaks of Unicode that occur in text. */
const lineBreaks = /\r\n?|[\u0085\u2028\u2029]/g;
/**
 * Invisible characters: direction marks, joiners, zero-width spaces, byte order marks, variation selectors. They change
 * how the rest is displayed, and comparisons in .NET ignore most of them.
 */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
/** Control characters and noncharacters; with the `u` flag, an unpaired surrogate also matches. */
const unprintable = /(?![\t\n])[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu;
/**
 * Returns printable text: no colors or format characters, only line feeds, plain spaces and tabs as white space, and
 * every other control character as `\xNN`.
 */
function toPlainText(text) {
    return text
        .replace(terminalSequences, '')
        .replace(invisible, '')
        .replace(lineBreaks, '\n')
        .replace(/\p{Zs}/gu, ' ')
        .replace(unprintable, character => `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);
}
/** Returns printable text on one line. */
function toOneLine(text) {
    return toPlainText(text).replace(/\s+/g, ' ').trim();
}
/** Returns at most the first `limit` characters, with a mark where the text was cut; never splits a surrogate pair. */
function clipEnd(text, limit) {
    if (text.length <= limit)
        return text;
    return `${text.slice(0, limit - mark.length).replace(/[\ud800-\udbff]$/, '')}${mark}`;
}
/**
 * Returns at most the last `limit` characters, from the start of a line if possible, with a mark where the text was
 * cut.
 */
function clipStart(text, limit) {
    if (text.length <= limit)
        return text;
    const tail = text.slice(text.length - (limit - mark.length - 1)).replace(/^[\udc00-\udfff]/, '');
    const lineStart = tail.indexOf('\n') + 1;
    return `${mark}\n${lineStart < tail.length ? tail.slice(lineStart) : tail}`;
}
/** Returns at most `limit` characters from the end of a name: the end distinguishes nodes of one pool. */
function clipName(name, limit) {
    return name.length <= limit ? name : `…${name.slice(1 - limit)}`;
}
const mark = '[...]';
//# sourceMappingURL=text.js.map

/***/ }),

/***/ 92:
/***/ ((__webpack_module__, __unused_webpack___webpack_exports__, __nccwpck_require__) => {

__nccwpck_require__.a(__webpack_module__, async (__webpack_handle_async_dependencies__, __webpack_async_result__) => { try {
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(455);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(760);
/* harmony import */ var _inputs_environment_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(882);
/* harmony import */ var _runtime_plain_step_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(345);
/* harmony import */ var _fold_js__WEBPACK_IMPORTED_MODULE_5__ = __nccwpck_require__(245);
/* harmony import */ var _reports_js__WEBPACK_IMPORTED_MODULE_4__ = __nccwpck_require__(7);
/** The entry point of `.github/actions/fold`: one report for all legs of a matrix. */






const step = (0,_runtime_plain_step_js__WEBPACK_IMPORTED_MODULE_2__/* .createPlainStep */ .D)(process.env);
const input = (name) => step.environment[(0,_inputs_environment_js__WEBPACK_IMPORTED_MODULE_3__/* .environmentName */ .V)(name)] ?? '';
const legs = JSON.parse(input('legs'));
const texts = await step.readAll(input('reports'), 'report.json');
const reports = (0,_reports_js__WEBPACK_IMPORTED_MODULE_4__/* .assignReports */ .F)(legs.map(({ instance }) => instance), texts);
const { outcome, verdict, summary, junit } = (0,_fold_js__WEBPACK_IMPORTED_MODULE_5__/* .foldReports */ .h)(reports);
const folder = input('folder');
await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.mkdir)(folder, { recursive: true });
await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.writeFile)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, 'report.xml'), junit);
await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.writeFile)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, 'report.json'), `${JSON.stringify({ schemaVersion: 1, legs: reports }, undefined, 2)}\n`);
await step.summarize(summary);
await step.setOutputs({ outcome, verdict });
//# sourceMappingURL=fold-step.js.map
__webpack_async_result__();
} catch(e) { __webpack_async_result__(e); } }, 1);

/***/ }),

/***/ 245:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  h: () => (/* binding */ foldReports)
});

;// CONCATENATED MODULE: ./build/src/chaos/verdict.js

/** From the best to the worst. */
const severity = ['skipped', 'pass', 'inconclusive', 'aborted', 'fail'];
/** Returns the worst verdict; `skipped` for an empty list. */
function worstOf(verdicts) {
    const worst = Math.max(0, ...verdicts.map(verdict => severity.indexOf(verdict)));
    return severity[worst] ?? 'skipped';
}
/**
 * Returns the verdict on an experiment. Inconclusive comes first, because numbers have no value when the fault is not
 * proven or the runner had problems. Validity issues of messages come last, because they do not affect the other
 * numbers. A limit that was not measured is neither met nor exceeded.
 */
function judge(evidence) {
    const { proof, measurement, unavailable } = evidence;
    const assertions = [
        faultAssertion(proof),
        ...(unavailable ? [unavailabilityAssertion(evidence)] : clientAssertions(evidence)),
        recoveryAssertion(evidence),
        lossAssertion(evidence),
    ];
    const failed = assertions.filter(({ result }) => result === 'fail');
    const issues = [
        ...(proof.confirmed ? [] : [`the fault is not proven: ${lowerFirst(proof.detail)}`]),
        ...(unavailable && failed.some(({ name }) => name === 'seen-unavailable')
            ? ['messages were accepted without a quorum, so this control experiment proves nothing']
            : []),
        ...measurement.doubts,
    ];
    const inconclusive = (reasons) => ({
        verdict: 'inconclusive',
        reason: sentence([`No conclusion is possible because ${reasons.join(', and ')}`]),
        assertions,
    });
    if (issues.length > 0)
        return inconclusive(issues);
    if (failed.length > 0) {
        const failures = failed.map(({ name, measured, limit }) => `${quantityOf(name)}: ${measured}, but ${limit}`);
        return { verdict: 'fail', reason: sentence([failures.join('; ')]), assertions };
    }
    // After failed assertions: a cluster that does not recover cannot be read either, and that must not hide the failure.
    const messageIssues = [
        ...(measurement.messages?.acked === 0 && !unavailable ? ['no message was accepted at all'] : []),
        ...(measurement.messages?.doubts ?? []),
    ];
    if (messageIssues.length > 0)
        return inconclusive(messageIssues);
    return {
        verdict: 'pass',
        reason: sentence(assertions.filter(isReported).map(({ name, measured, limit }) => `${quantityOf(name)} ${measured} (${limit})`)),
        assertions,
    };
}
/** Returns the quantity that an assertion limits: its name without the prefix of the input. */
function quantityOf(name) {
    return name.replace(/^(max|min)-/, '');
}
function isReported({ result, name }) {
    return result === 'pass' && name !== 'fault-confirmed';
}
function faultAssertion({ confirmed, detail }) {
    return {
        name: 'fault-confirmed',
        limit: 'must be observed',
        measured: detail,
        result: confirmed ? 'pass' : 'fail',
    };
}
function clientAssertions({ limits, measurement }) {
    const { probe, resolutionMs } = measurement;
    const resolution = `resolution ${formatDuration(resolutionMs)}`;
    const { availability } = probe;
    // A very short fault, with no steady time after it, may end before the next attempt.
    const notMeasured = { measured: 'not measured', result: 'not-measured' };
    const atMost = (name, ms, limitMs, more = '') => ({
        name,
        limit: `at most ${formatDuration(limitMs)}`,
        measured: `${formatDuration(ms)}${more}, ${resolution}`,
        result: ms <= limitMs ? 'pass' : 'fail',
        ...(availability === null && notMeasured),
    });
    const share = probe.degradedMs > 0 ? `, ${Math.round(probe.degradedShare * 100)} % of the connections failed` : '';
    return [
        atMost('max-outage', probe.outageMs, limits.maxOutageMs),
        atMost('max-degraded', probe.degradedMs, limits.maxDegradedMs, share),
        {
            name: 'min-availability',
            limit: `at least ${limits.minAvailability} %`,
            ...(availability === null
                ? notMeasured
                : {
                    measured: `${availability} % of ${probe.attempts} connections`,
                    result: availability >= limits.minAvailability ? 'pass' : 'fail',
                }),
        },
    ];
}
/** The control experiment must show that no message is accepted without a quorum. */
function unavailabilityAssertion({ measurement: { messages }, acceptedUnderFault }) {
    const notAccepted = (messages?.refused ?? 0) + (messages?.unclear ?? 0);
    return {
        name: 'seen-unavailable',
        limit: 'no message may be accepted without a quorum',
        measured: `${acceptedUnderFault} accepted, ${notAccepted} not`,
        result: acceptedUnderFault === 0 && notAccepted > 0 ? 'pass' : 'fail',
    };
}
function recoveryAssertion({ limits, measurement, recovered }) {
    const { recoveryMs } = measurement.milestones;
    const limit = `at most ${formatDuration(limits.maxRecoveryMs)}`;
    const observed = recovered && recoveryMs !== null;
    return {
        name: 'max-recovery',
        limit,
        measured: observed ? formatDuration(recoveryMs) : 'not recovered in that time',
        result: observed && recoveryMs <= limits.maxRecoveryMs ? 'pass' : 'fail',
    };
}
/** Without messages or without a reading of them, the result is `not-measured`, which is not the same as no loss. */
function lossAssertion({ limits, measurement: { messages } }) {
    const limit = `at most ${limits.maxLost}`;
    if (messages === undefined || messages.readings === 0) {
        return { name: 'max-lost', limit, measured: 'message loss not measured', result: 'not-measured' };
    }
    const { lost, unchecked, acked, duplicated, reordered, doubts } = messages;
    const details = [
        ...(unchecked > 0 ? [`${unchecked} not checked`] : []),
        ...(duplicated > 0 ? [`${duplicated} twice`] : []),
        ...(reordered > 0 ? [`${reordered} out of order`] : []),
    ];
    return {
        name: 'max-lost',
        limit,
        measured: `${lost} of ${acked} accepted messages${details.length > 0 ? `, ${details.join(', ')}` : ''}`,
        result: doubts.length > 0 ? 'not-measured' : lost > limits.maxLost ? 'fail' : 'pass',
    };
}
function sentence(parts) {
    const text = parts.join('; ').replace(/[\s.]*$/, '');
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
function lowerFirst(text) {
    return `${text.charAt(0).toLowerCase()}${text.slice(1)}`.replace(/[\s.]*$/, '');
}
//# sourceMappingURL=verdict.js.map
// EXTERNAL MODULE: ./build/src/runtime/text.js
var runtime_text = __nccwpck_require__(983);
;// CONCATENATED MODULE: ./build/src/report/xml.js
/** Builders for well-formed XML: elements, attributes and text. */

/** Returns an element; `content` is XML. Undefined attributes are omitted. */
function xml_element(name, attributes, content = []) {
    const written = Object.entries(attributes)
        .filter((entry) => entry[1] !== undefined)
        .map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`)
        .join('');
    if (content.length === 0)
        return `<${name}${written}/>`;
    return `<${name}${written}>${content.join('')}</${name}>`;
}
/** Returns text as character data. */
function xmlText(text) {
    // `>` is escaped because text must not contain `]]>`.
    return (0,runtime_text/* toPlainText */.bo)(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
function escapeAttribute(text) {
    // A parser replaces unescaped white space in attributes with spaces.
    return xmlText(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}
//# sourceMappingURL=xml.js.map
;// CONCATENATED MODULE: ./build/src/report/junit.js


const evidenceLimit = 100_000;
/**
 * Returns the step as JUnit XML in the most common dialect (testsuites, testsuite, testcase): a case for each phase,
 * each experiment, each assertion, and each error outside of a phase. A failed check is a `failure`; an unknown result
 * is an `error`.
 */
function renderJunit(report) {
    return renderSuites([{ name: `migratorydata.${report.operation}`, report }]);
}
/** Returns several steps as one document, with a suite for each. */
function renderSuites(sources) {
    const suites = sources.map(({ name, report }) => typeof report === 'string' ? unknownSuite(name, report) : suiteOf(name, report));
    const sum = (count) => suites.reduce((total, suite) => total + count(suite), 0);
    const totals = {
        tests: sum(suite => suite.totals.tests),
        failures: sum(suite => suite.totals.failures),
        errors: sum(suite => suite.totals.errors),
        skipped: sum(suite => suite.totals.skipped),
        time: seconds(sum(({ ms }) => ms)),
    };
    const content = suites.flatMap(({ xml }) => ['\n  ', xml]).concat('\n');
    return `<?xml version="1.0" encoding="UTF-8"?>\n${xml_element('testsuites', { name: 'migratorydata', ...totals }, content)}\n`;
}
function suiteOf(name, report) {
    const cases = [
        ...report.phases.map(phase => phaseCase(report, phase)),
        ...report.experiments.flatMap(experiment => [
            experimentCase(report, experiment),
            ...experiment.assertions.map(assertion => assertionCase(report, experiment, assertion)),
        ]),
        ...report.errors.filter(({ phase }) => phase === undefined).map(error => errorCase(report, error)),
    ];
    const timestamp = report.startedAt.replace(/\.\d+Z$|Z$/, '');
    return finishSuite({ name, timestamp }, cases, report.ms);
}
function unknownSuite(name, reason) {
    const error = xml_element('error', { type: 'no-report', message: reason });
    return finishSuite({ name }, [{ result: 'error', xml: xml_element('testcase', { classname: name, name: 'report' }, [error]) }], 0);
}
function finishSuite(attributes, cases, ms) {
    const count = (result) => cases.filter(one => one.result === result).length;
    const totals = {
        tests: cases.length,
        failures: count('failure'),
        errors: count('error'),
        skipped: count('skipped'),
    };
    const content = cases.map(({ xml }) => `\n    ${xml}`).concat('\n  ');
    return { xml: xml_element('testsuite', { ...attributes, ...totals, time: seconds(ms) }, content), totals, ms };
}
function phaseCase({ operation, errors }, phase) {
    const notes = phase.notes.length === 0 ? [] : [xml_element('system-out', {}, [xmlText(phase.notes.join('\n'))])];
    const finish = (result, children) => ({
        result,
        xml: xml_element('testcase', {
            classname: `${operation}.phases`,
            name: phase.title,
            time: phase.ms === undefined ? undefined : seconds(phase.ms),
        }, [...children, ...notes]),
    });
    switch (phase.status) {
        case 'passed':
            return finish('passed', []);
        case 'skipped':
            return finish('skipped', [xml_element('skipped', {})]);
        case 'running':
            // The last report of a step that was killed has a running phase.
            return finish('error', [xml_element('error', { type: 'unfinished', message: 'The phase did not end.' })]);
        case 'failed':
            return finish('failure', [failure(errors.find(error => error.phase === phase.name))]);
    }
}
function failure(error) {
    if (error === undefined)
        return xml_element('failure', { message: 'A part of this phase failed.' });
    const { code, message, hint, evidence } = error;
    const text = [message, hint, (0,runtime_text/* clipStart */.rh)(evidence, evidenceLimit)].filter(part => part !== '').join('\n\n');
    return xml_element('failure', { type: code, message }, [xmlText(text)]);
}
function errorCase({ operation }, error) {
    const xml = xml_element('testcase', { classname: operation, name: error.code }, [failure(error)]);
    return { result: 'failure', xml };
}
function experimentCase({ operation }, { name, verdict, reason, facts }) {
    const measured = Object.entries(facts).map(([key, value]) => `${key}: ${value}`);
    const output = xml_element('system-out', {}, [xmlText([reason, ...measured].join('\n'))]);
    const finish = (result, children) => ({
        result,
        xml: xml_element('testcase', { classname: `${operation}.experiments`, name }, [...children, output]),
    });
    switch (verdict) {
        case 'pass':
            return finish('passed', []);
        case 'skipped':
            return finish('skipped', [xml_element('skipped', { message: reason })]);
        case 'fail':
            return finish('failure', [xml_element('failure', { type: verdict, message: reason })]);
        case 'aborted':
        case 'inconclusive':
            return finish('error', [xml_element('error', { type: verdict, message: reason })]);
    }
}
function assertionCase({ operation }, experiment, assertion) {
    const { name, limit, measured, result } = assertion;
    const finish = (outcome, children) => ({
        result: outcome,
        xml: xml_element('testcase', { classname: `${operation}.experiments.${experiment.name}`, name }, children),
    });
    const message = `${measured}; ${limit}`;
    switch (result) {
        case 'pass':
            return finish('passed', [xml_element('system-out', {}, [xmlText(message)])]);
        case 'not-measured':
            return finish('skipped', [xml_element('skipped', { message })]);
        case 'fail':
            return finish('failure', [xml_element('failure', { type: name, message })]);
    }
}
/** Formats a time for JUnit, which uses seconds. */
function seconds(ms) {
    return (ms / 1000).toFixed(3);
}
//# sourceMappingURL=junit.js.map
;// CONCATENATED MODULE: ./build/src/report/markdown.js

/**
 * Builders for the Markdown of GitHub job summaries. In external text, each character that is Markdown or HTML syntax
 * becomes a character reference, so that the text cannot leave its cell, list item or block.
 */
/** Returns text on one line, for cells, list items and headings. */
function inline(text) {
    return escapeStructure((0,runtime_text/* toOneLine */.GX)(text));
}
/** Returns text with its line breaks, for paragraphs; words in backticks become code. */
function paragraph(text) {
    const lines = toPlainText(text).trim().split('\n');
    return lines.map(line => inline(line).replace(/&#96;(.+?)&#96;/g, '<code>$1</code>')).join('<br>');
}
/** Returns a name or value as code; empty for an empty text. */
function code(text) {
    return text === '' ? '' : `<code>${inline(text)}</code>`;
}
/** Returns a table. Cells are Markdown; the result is empty without rows. */
function table(headings, rows) {
    if (rows.length === 0)
        return '';
    return [headings, headings.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}
/** Returns a list. Items are Markdown; the result is empty without items. */
function list(items) {
    return items.map(item => `- ${item}`).join('\n');
}
/** Returns a collapsed block of plain text. Only its end tag ends a `<pre>`, whatever lines it contains. */
function collapsedText(title, text) {
    const body = escapeStructure(toPlainText(text).trimEnd());
    return `<details><summary>${inline(title)}</summary>\n\n<pre>\n${body}\n</pre>\n\n</details>`;
}
/** Returns a collapsed block of Markdown. */
function collapsed(title, markdown) {
    return `<details><summary>${inline(title)}</summary>\n\n${markdown}\n\n</details>`;
}
/** Returns a heading with blocks of Markdown; empty when all blocks are empty. */
function section(heading, ...blocks) {
    const body = blocks.filter(block => block !== '');
    return body.length === 0 ? '' : [`### ${heading}`, ...body].join('\n\n');
}
/**
 * Joins blocks that fit into `limitBytes` of UTF-8, and prefers the first ones. Blocks are never truncated, only
 * omitted; then `notice` is added at the end.
 */
function joinWithin(blocks, limitBytes, notice) {
    const separator = '\n\n';
    const kept = [];
    const all = blocks.filter(block => block !== '');
    let leftBytes = limitBytes - Buffer.byteLength(notice) - 2 * separator.length;
    for (const block of all) {
        const bytes = Buffer.byteLength(block) + separator.length;
        if (bytes > leftBytes)
            continue;
        leftBytes -= bytes;
        kept.push(block);
    }
    return `${[...kept, ...(kept.length < all.length ? [notice] : [])].join(separator)}\n`;
}
/**
 * Returns Markdown without mentions and references. In comments and issues GitHub turns `@name`, `#1` and `GH-1` into
 * mentions and references ("Basic writing and formatting syntax" and "Autolinked references and URLs" in its
 * documentation), even when they are written with character references, but not in `<code>` or with a zero-width space.
 */
function withoutMentions(markdown) {
    return markdown
        .split(/(<code>.*?<\/code>)/s)
        .map((part, index) => (index % 2 === 1 ? part : part.replace(mention, '$&&#8203;')))
        .join('');
}
/** The start of a mention or a reference. `#` is a character reference here, because only headings have a plain one. */
const mention = /(?<![A-Za-z0-9])@|&#35;(?=\d)|\bGH(?=-\d)/gi;
function escapeStructure(text) {
    return text.replace(/[&<>|`*_~#$[\]\\]/g, character => `&#${character.charCodeAt(0)};`);
}
//# sourceMappingURL=markdown.js.map
;// CONCATENATED MODULE: ./build/src/runtime/duration.js
const secondMs = 1000;
/**
 * Formats a duration in milliseconds: `850ms`, `3.2s`, `42s`, `1m 05s`, `1h 02m 05s`. A negative duration, which only
 * an incorrect clock can cause, becomes `0ms`.
 */
function duration_formatDuration(ms) {
    const rounded = Math.max(0, Math.round(ms));
    if (rounded < secondMs)
        return `${rounded}ms`;
    const tenths = Math.round(rounded / 100);
    if (tenths < 100)
        return `${(tenths / 10).toFixed(1)}s`;
    const seconds = Math.round(rounded / secondMs);
    if (seconds < 60)
        return `${seconds}s`;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60)
        return `${minutes}m ${twoDigits(seconds % 60)}s`;
    return `${Math.floor(minutes / 60)}h ${twoDigits(minutes % 60)}m ${twoDigits(seconds % 60)}s`;
}
function twoDigits(value) {
    return String(value).padStart(2, '0');
}
//# sourceMappingURL=duration.js.map
;// CONCATENATED MODULE: ./build/src/workflows/fold.js




/**
 * Combines the reports of all legs of a matrix. A leg without a report counts as failed, because its outcome is
 * unknown.
 */
function foldReports(legs) {
    const verdicts = legs.flatMap(({ report }) => report?.experiments.map(({ verdict }) => verdict) ?? []);
    const succeeded = legs.filter(({ report }) => report?.outcome === 'success').length;
    return {
        outcome: succeeded === legs.length && succeeded > 0 ? 'success' : 'failure',
        verdict: verdicts.length === 0 ? '' : worstOf(verdicts),
        summary: `## MigratoryData: ${succeeded} of ${legs.length} legs succeeded\n\n${table(headings, legs.map(rowOf))}\n`,
        junit: renderSuites(legs.map(({ instance, report = noReport }) => ({ name: `migratorydata.${instance}`, report }))),
    };
}
const noReport = 'The job ended before it could write a report.';
const headings = ['Leg', 'Outcome', 'Kubernetes', 'Duration', 'Verdict', 'Longest outage', 'Recovery', 'Error'];
function rowOf({ instance, report }) {
    if (report === undefined)
        return [inline(instance), '**no report**', '', '', '', '', '', noReport];
    const { outcome = 'unfinished', facts, ms, experiments, errors } = report;
    const longest = (values) => {
        const known = values.filter(value => typeof value === 'number');
        return known.length === 0 ? '' : duration_formatDuration(Math.max(...known));
    };
    return [
        inline(instance),
        outcome === 'success' ? outcome : `**${outcome}**`,
        inline(facts['Kubernetes'] ?? ''),
        duration_formatDuration(ms),
        experiments.length === 0 ? '' : worstOf(experiments.map(({ verdict }) => verdict)),
        longest(experiments.map(({ measurement }) => measurement?.probe.outageMs)),
        longest(experiments.map(({ measurement }) => measurement?.milestones.recoveryMs)),
        inline(errors.map(({ code }) => code).join(', ')),
    ];
}
//# sourceMappingURL=fold.js.map

/***/ }),

/***/ 7:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   F: () => (/* binding */ assignReports)
/* harmony export */ });
/**
 * Returns the report of each leg, from all reports of a run. When a leg was run again, the last report counts. Reports
 * of the checks before and the teardown after, which have the same instance, do not count; neither do files of other
 * formats.
 */
function assignReports(instances, texts) {
    const reports = texts.map(parseReport).filter(report => report !== undefined);
    return instances.map(instance => {
        const own = reports.filter(report => report.operation === 'e2e' && report.instance === instance);
        return { instance, report: own.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1)).at(-1) };
    });
}
function parseReport(text) {
    try {
        const parsed = JSON.parse(text);
        const isReport = Array.isArray(parsed?.phases) && Array.isArray(parsed.experiments) && Array.isArray(parsed.errors);
        return isReport ? parsed : undefined;
    }
    catch {
        return undefined;
    }
}
//# sourceMappingURL=reports.js.map

/***/ })

/******/ });
/************************************************************************/
/******/ // The module cache
/******/ var __webpack_module_cache__ = {};
/******/ 
/******/ // The require function
/******/ function __nccwpck_require__(moduleId) {
/******/ 	// Check if module is in cache
/******/ 	var cachedModule = __webpack_module_cache__[moduleId];
/******/ 	if (cachedModule !== undefined) {
/******/ 		return cachedModule.exports;
/******/ 	}
/******/ 	// Create a new module (and put it into the cache)
/******/ 	var module = __webpack_module_cache__[moduleId] = {
/******/ 		// no module.id needed
/******/ 		// no module.loaded needed
/******/ 		exports: {}
/******/ 	};
/******/ 
/******/ 	// Execute the module function
/******/ 	var threw = true;
/******/ 	try {
/******/ 		__webpack_modules__[moduleId](module, module.exports, __nccwpck_require__);
/******/ 		threw = false;
/******/ 	} finally {
/******/ 		if(threw) delete __webpack_module_cache__[moduleId];
/******/ 	}
/******/ 
/******/ 	// Return the exports of the module
/******/ 	return module.exports;
/******/ }
/******/ 
/************************************************************************/
/******/ /* webpack/runtime/asset-relocator-loader */
/******/ if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = decodeURIComponent(new URL('.', import.meta.url).pathname).slice(import.meta.url.match(/^file:\/\/\/\w:/) ? 1 : 0, -1) + "/";
/******/ 
/******/ /* webpack/runtime/async module */
/******/ (() => {
/******/ 	var webpackQueues = typeof Symbol === "function" ? Symbol("webpack queues") : "__webpack_queues__";
/******/ 	var webpackExports = typeof Symbol === "function" ? Symbol("webpack exports") : "__webpack_exports__";
/******/ 	var webpackError = typeof Symbol === "function" ? Symbol("webpack error") : "__webpack_error__";
/******/ 	var resolveQueue = (queue) => {
/******/ 		if(queue && queue.d < 1) {
/******/ 			queue.d = 1;
/******/ 			queue.forEach((fn) => (fn.r--));
/******/ 			queue.forEach((fn) => (fn.r-- ? fn.r++ : fn()));
/******/ 		}
/******/ 	}
/******/ 	var wrapDeps = (deps) => (deps.map((dep) => {
/******/ 		if(dep !== null && typeof dep === "object") {
/******/ 			if(dep[webpackQueues]) return dep;
/******/ 			if(dep.then) {
/******/ 				var queue = [];
/******/ 				queue.d = 0;
/******/ 				dep.then((r) => {
/******/ 					obj[webpackExports] = r;
/******/ 					resolveQueue(queue);
/******/ 				}, (e) => {
/******/ 					obj[webpackError] = e;
/******/ 					resolveQueue(queue);
/******/ 				});
/******/ 				var obj = {};
/******/ 				obj[webpackQueues] = (fn) => (fn(queue));
/******/ 				return obj;
/******/ 			}
/******/ 		}
/******/ 		var ret = {};
/******/ 		ret[webpackQueues] = x => {};
/******/ 		ret[webpackExports] = dep;
/******/ 		return ret;
/******/ 	}));
/******/ 	__nccwpck_require__.a = (module, body, hasAwait) => {
/******/ 		var queue;
/******/ 		hasAwait && ((queue = []).d = -1);
/******/ 		var depQueues = new Set();
/******/ 		var exports = module.exports;
/******/ 		var currentDeps;
/******/ 		var outerResolve;
/******/ 		var reject;
/******/ 		var promise = new Promise((resolve, rej) => {
/******/ 			reject = rej;
/******/ 			outerResolve = resolve;
/******/ 		});
/******/ 		promise[webpackExports] = exports;
/******/ 		promise[webpackQueues] = (fn) => (queue && fn(queue), depQueues.forEach(fn), promise["catch"](x => {}));
/******/ 		module.exports = promise;
/******/ 		body((deps) => {
/******/ 			currentDeps = wrapDeps(deps);
/******/ 			var fn;
/******/ 			var getResult = () => (currentDeps.map((d) => {
/******/ 				if(d[webpackError]) throw d[webpackError];
/******/ 				return d[webpackExports];
/******/ 			}))
/******/ 			var promise = new Promise((resolve) => {
/******/ 				fn = () => (resolve(getResult));
/******/ 				fn.r = 0;
/******/ 				var fnQueue = (q) => (q !== queue && !depQueues.has(q) && (depQueues.add(q), q && !q.d && (fn.r++, q.push(fn))));
/******/ 				currentDeps.map((dep) => (dep[webpackQueues](fnQueue)));
/******/ 			});
/******/ 			return fn.r ? promise : getResult();
/******/ 		}, (err) => ((err ? reject(promise[webpackError] = err) : outerResolve(exports)), resolveQueue(queue)));
/******/ 		queue && queue.d < 0 && (queue.d = 0);
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/define property getters */
/******/ (() => {
/******/ 	// define getter functions for harmony exports
/******/ 	__nccwpck_require__.d = (exports, definition) => {
/******/ 		for(var key in definition) {
/******/ 			if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 				Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 			}
/******/ 		}
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/hasOwnProperty shorthand */
/******/ (() => {
/******/ 	__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ })();
/******/ 
/************************************************************************/
/******/ 
/******/ // startup
/******/ // Load entry module and return exports
/******/ // This entry module used 'module' so it can't be inlined
/******/ var __webpack_exports__ = __nccwpck_require__(92);
/******/ __webpack_exports__ = await __webpack_exports__;
/******/ 
