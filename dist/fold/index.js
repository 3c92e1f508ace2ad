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
/** The text of a command as the runner reads it back. */
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
 * Text from outside (logs, events, messages of programs) made printable, for the log and the reports. What counts as white
 * space, separator, control or format character follows Unicode, so that no reader finds one that another does not know:
 * JavaScript, the .NET of the runner, a terminal, a browser. Pure.
 */
/** Escape sequences that terminals read, as ECMA-48 defines them: CSI (colours, cursor) and OSC (titles, links). */
const terminalSequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;
/** Everything that Unicode calls the end of a line and that text uses for it. */
const lineBreaks = /\r\n?|[\u0085\u2028\u2029]/g;
/**
 * What has no shape of its own: direction marks, joiners, spaces without width, byte order marks, variation selectors.
 * They change how the rest looks, and comparisons in .NET skip most of them.
 */
const shapeless = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
/** Controls, and what is no character at all; with the `u` flag a lone half of a surrogate pair matches. */
const unprintable = /(?![\t\n])[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu;
/**
 * Printable text in lines: without colours and format characters, with line feeds and plain spaces (and tabs) only, and
 * with every other control character written as `\xNN`.
 */
function toPlainText(text) {
    return text
        .replace(terminalSequences, '')
        .replace(shapeless, '')
        .replace(lineBreaks, '\n')
        .replace(/\p{Zs}/gu, ' ')
        .replace(unprintable, character => `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);
}
/** Printable text on one line. */
function toOneLine(text) {
    return toPlainText(text).replace(/\s+/g, ' ').trim();
}
/** The first `limit` characters at most, marked where cut; a surrogate pair stays whole. */
function clipEnd(text, limit) {
    if (text.length <= limit)
        return text;
    return `${text.slice(0, limit - mark.length).replace(/[\ud800-\udbff]$/, '')}${mark}`;
}
/** The last `limit` characters at most, from the start of a line where there is one, marked where cut. */
function clipStart(text, limit) {
    if (text.length <= limit)
        return text;
    const tail = text.slice(text.length - (limit - mark.length - 1)).replace(/^[\udc00-\udfff]/, '');
    const lineStart = tail.indexOf('\n') + 1;
    return `${mark}\n${lineStart < tail.length ? tail.slice(lineStart) : tail}`;
}
/** The end of a name, which tells nodes of one pool apart, in `limit` characters at most. */
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
/** The entry of `.github/actions/fold`: one report of all legs of a matrix. */






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

/** From the least bad to the worst. */
const severity = ['skipped', 'pass', 'inconclusive', 'aborted', 'fail'];
/** The worst of several verdicts; without any there is none to give. */
function worstOf(verdicts) {
    const worst = Math.max(0, ...verdicts.map(verdict => severity.indexOf(verdict)));
    return severity[worst] ?? 'skipped';
}
/**
 * The verdict on an experiment. Inconclusive comes first: a fault without proof, or a runner in trouble, makes a number
 * worth nothing, whether it is good or bad. Doubts about messages come last: they say nothing against the other numbers.
 * What was not measured is neither met nor broken.
 */
function judge(evidence) {
    const { proof, measurement, unavailable } = evidence;
    const assertions = [
        confirmedBy(proof),
        ...(unavailable ? [seenUnavailable(evidence)] : clientLimits(evidence)),
        recovery(evidence),
        loss(evidence),
    ];
    const broken = assertions.filter(({ result }) => result === 'fail');
    const doubts = [
        ...(proof.confirmed ? [] : [`the fault is not proven: ${lowerFirst(proof.detail)}`]),
        ...(unavailable && broken.some(({ name }) => name === 'seen-unavailable')
            ? ['messages were accepted without a quorum, so this control shows nothing']
            : []),
        ...measurement.doubts,
    ];
    const inconclusive = (why) => ({
        verdict: 'inconclusive',
        reason: sentence([`Nothing can be said, since ${why.join(', and ')}`]),
        assertions,
    });
    if (doubts.length > 0)
        return inconclusive(doubts);
    if (broken.length > 0) {
        const told = broken.map(({ name, measured, limit }) => `${quantityOf(name)}: ${measured}, but ${limit}`);
        return { verdict: 'fail', reason: sentence([told.join('; ')]), assertions };
    }
    // A cluster that never answers again is read no more either: these doubts must not hide what it broke.
    const aboutMessages = [
        ...(measurement.messages?.acked === 0 && !unavailable ? ['no message was accepted at all'] : []),
        ...(measurement.messages?.doubts ?? []),
    ];
    if (aboutMessages.length > 0)
        return inconclusive(aboutMessages);
    return {
        verdict: 'pass',
        reason: sentence(assertions.filter(isTold).map(({ name, measured, limit }) => `${quantityOf(name)} ${measured} (${limit})`)),
        assertions,
    };
}
/** What an assertion limits: it has the name of the input. */
function quantityOf(name) {
    return name.replace(/^(max|min)-/, '');
}
function isTold({ result, name }) {
    return result === 'pass' && name !== 'fault-confirmed';
}
function confirmedBy({ confirmed, detail }) {
    return {
        name: 'fault-confirmed',
        limit: 'must be seen to take place',
        measured: detail,
        result: confirmed ? 'pass' : 'fail',
    };
}
function clientLimits({ limits, measurement }) {
    const { probe, resolutionMs } = measurement;
    const resolution = `resolution ${formatDuration(resolutionMs)}`;
    const { availability } = probe;
    // A fault that is over at once, with no steady time after it, may see no attempt at all.
    const unseen = { measured: 'not measured', result: 'not-measured' };
    const most = (name, ms, limitMs, more = '') => ({
        name,
        limit: `at most ${formatDuration(limitMs)}`,
        measured: `${formatDuration(ms)}${more}, ${resolution}`,
        result: ms <= limitMs ? 'pass' : 'fail',
        ...(availability === null && unseen),
    });
    const share = probe.degradedMs > 0 ? `, ${Math.round(probe.degradedShare * 100)} % of the connections failed` : '';
    return [
        most('max-outage', probe.outageMs, limits.maxOutageMs),
        most('max-degraded', probe.degradedMs, limits.maxDegradedMs, share),
        {
            name: 'min-availability',
            limit: `at least ${limits.minAvailability} %`,
            ...(availability === null
                ? unseen
                : {
                    measured: `${availability} % of ${probe.attempts} connections`,
                    result: availability >= limits.minAvailability ? 'pass' : 'fail',
                }),
        },
    ];
}
/** The control must control: without a quorum no message may be accepted. */
function seenUnavailable({ measurement: { messages }, acceptedUnderFault }) {
    const turnedAway = (messages?.refused ?? 0) + (messages?.unclear ?? 0);
    return {
        name: 'seen-unavailable',
        limit: 'no message may be accepted without a quorum',
        measured: `${acceptedUnderFault} accepted, ${turnedAway} not`,
        result: acceptedUnderFault === 0 && turnedAway > 0 ? 'pass' : 'fail',
    };
}
function recovery({ limits, measurement, recovered }) {
    const { recoveryMs } = measurement.milestones;
    const limit = `at most ${formatDuration(limits.maxRecoveryMs)}`;
    const seen = recovered && recoveryMs !== null;
    return {
        name: 'max-recovery',
        limit,
        measured: seen ? formatDuration(recoveryMs) : 'not recovered in that time',
        result: seen && recoveryMs <= limits.maxRecoveryMs ? 'pass' : 'fail',
    };
}
/** Without messages, or without any reading of them, nothing is known: that is not the same as no loss. */
function loss({ limits, measurement: { messages } }) {
    const limit = `at most ${limits.maxLost}`;
    if (messages === undefined || messages.readings === 0) {
        return { name: 'max-lost', limit, measured: 'message loss not measured', result: 'not-measured' };
    }
    const { lost, unchecked, acked, duplicated, reordered, doubts } = messages;
    const more = [
        ...(unchecked > 0 ? [`${unchecked} not checked`] : []),
        ...(duplicated > 0 ? [`${duplicated} twice`] : []),
        ...(reordered > 0 ? [`${reordered} out of order`] : []),
    ];
    return {
        name: 'max-lost',
        limit,
        measured: `${lost} of ${acked} accepted messages${more.length > 0 ? `, ${more.join(', ')}` : ''}`,
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
/** Just enough XML to write JUnit: elements, attributes and text, always well-formed. Pure. */

/** An element; `content` is finished XML. Attributes that are undefined are left out. */
function xml_element(name, attributes, content = []) {
    const written = Object.entries(attributes)
        .filter((entry) => entry[1] !== undefined)
        .map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`)
        .join('');
    if (content.length === 0)
        return `<${name}${written}/>`;
    return `<${name}${written}>${content.join('')}</${name}>`;
}
/** Character data. */
function xmlText(text) {
    // `>` matters in `]]>` only, which must not stand in text.
    return (0,runtime_text/* toPlainText */.bo)(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
function escapeAttribute(text) {
    // A parser turns raw white space in attributes into spaces.
    return xmlText(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}
//# sourceMappingURL=xml.js.map
;// CONCATENATED MODULE: ./build/src/report/junit.js


const evidenceLimit = 100_000;
/**
 * The step as JUnit XML, in the dialect that most readers take (testsuites, testsuite, testcase): a case for each
 * phase, for each experiment and each of its assertions, and for each error that struck outside of a phase. What failed by a check of the product
 * is a `failure`; what could not be told is an `error`.
 */
function renderJunit(report) {
    return renderSuites([{ name: `migratorydata.${report.operation}`, report }]);
}
/** Several steps in one document, a suite for each. */
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
            // A report written ahead: a reader who finds this one knows that the step was ended from outside.
            return finish('error', [xml_element('error', { type: 'unfinished', message: 'The phase had not ended.' })]);
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
/** JUnit counts in seconds. */
function seconds(ms) {
    return (ms / 1000).toFixed(3);
}
//# sourceMappingURL=junit.js.map
;// CONCATENATED MODULE: ./build/src/report/markdown.js

/**
 * Builders for the Markdown of GitHub job summaries. Text from outside is written with character references for every
 * character that Markdown or HTML reads as structure, so that it cannot leave the cell, list item or block it is in.
 */
/** Text on one line, for cells, list items and headings. */
function inline(text) {
    return escapeStructure((0,runtime_text/* toOneLine */.GX)(text));
}
/** Text that keeps its line breaks, for paragraphs; words in backticks are shown as code. */
function paragraph(text) {
    const lines = toPlainText(text).trim().split('\n');
    return lines.map(line => inline(line).replace(/&#96;(.+?)&#96;/g, '<code>$1</code>')).join('<br>');
}
/** A name or value in fixed width. */
function code(text) {
    return text === '' ? '' : `<code>${inline(text)}</code>`;
}
/** Cells are ready Markdown; an empty table is nothing at all. */
function table(headings, rows) {
    if (rows.length === 0)
        return '';
    return [headings, headings.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}
/** Items are ready Markdown; an empty list is nothing at all. */
function list(items) {
    return items.map(item => `- ${item}`).join('\n');
}
/** A block that opens at a click. `<pre>` ends only at its own end tag, whatever lines it holds. */
function collapsedText(title, text) {
    const body = escapeStructure(toPlainText(text).trimEnd());
    return `<details><summary>${inline(title)}</summary>\n\n<pre>\n${body}\n</pre>\n\n</details>`;
}
/** Ready Markdown that opens at a click. */
function collapsed(title, markdown) {
    return `<details><summary>${inline(title)}</summary>\n\n${markdown}\n\n</details>`;
}
/** A heading with what stands under it; nothing when there is nothing to stand under it. */
function section(heading, ...blocks) {
    const body = blocks.filter(block => block !== '');
    return body.length === 0 ? '' : [`### ${heading}`, ...body].join('\n\n');
}
/**
 * Joins whole blocks as long as they fit into `limitBytes` of UTF-8; the first ones matter most. A block is taken or
 * left as a whole, so nothing is cut open. What was left out is replaced by `notice`.
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
 * Ready Markdown that notifies nobody and refers to nothing: in comments and issues GitHub turns `@name`, `#1` and
 * `GH-1` into mentions and references ("Basic writing and formatting syntax" and "Autolinked references and URLs" in its
 * documentation), also where they are written with character references. It does so neither in `<code>` nor where a
 * space without width stands between.
 */
function withoutMentions(markdown) {
    return markdown
        .split(/(<code>.*?<\/code>)/s)
        .map((part, index) => (index % 2 === 1 ? part : part.replace(mention, '$&&#8203;')))
        .join('');
}
/** What begins a mention or a reference; `#` comes as its character reference, since headings alone have a plain one. */
const mention = /(?<![A-Za-z0-9])@|&#35;(?=\d)|\bGH(?=-\d)/gi;
function escapeStructure(text) {
    return text.replace(/[&<>|`*_~#$[\]\\]/g, character => `&#${character.charCodeAt(0)};`);
}
//# sourceMappingURL=markdown.js.map
;// CONCATENATED MODULE: ./build/src/runtime/duration.js
const secondMs = 1000;
/**
 * A duration for people: `850ms`, `3.2s`, `42s`, `1m 05s`, `1h 02m 05s`. Negative values, which only a broken clock
 * gives, read as `0ms`.
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




/** Folds the reports of all legs of a matrix into one. A leg without a report has failed: nobody knows what became of it. */
function foldReports(legs) {
    const verdicts = legs.flatMap(({ report }) => report?.experiments.map(({ verdict }) => verdict) ?? []);
    const green = legs.filter(({ report }) => report?.outcome === 'success').length;
    return {
        outcome: green === legs.length && green > 0 ? 'success' : 'failure',
        verdict: verdicts.length === 0 ? '' : worstOf(verdicts),
        summary: `## MigratoryData: ${green} of ${legs.length} legs succeeded\n\n${table(headings, legs.map(rowOf))}\n`,
        junit: renderSuites(legs.map(({ instance, report = noReport }) => ({ name: `migratorydata.${instance}`, report }))),
    };
}
const noReport = 'The job ended before it could write a report.';
const headings = ['Leg', 'Outcome', 'Kubernetes', 'Duration', 'Verdict', 'Longest outage', 'Recovery', 'Error'];
function rowOf({ instance, report }) {
    if (report === undefined)
        return [inline(instance), '**no report**', '', '', '', '', '', noReport];
    const { outcome = 'unfinished', facts, ms, experiments, errors } = report;
    const worst = (values) => {
        const known = values.filter(value => typeof value === 'number');
        return known.length === 0 ? '' : duration_formatDuration(Math.max(...known));
    };
    return [
        inline(instance),
        outcome === 'success' ? outcome : `**${outcome}**`,
        inline(facts['Kubernetes'] ?? ''),
        duration_formatDuration(ms),
        experiments.length === 0 ? '' : worstOf(experiments.map(({ verdict }) => verdict)),
        worst(experiments.map(({ measurement }) => measurement?.probe.outageMs)),
        worst(experiments.map(({ measurement }) => measurement?.milestones.recoveryMs)),
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
 * Finds the report of each leg among those of a run. A leg that was run again has several: the last one counts. The checks
 * before it and the teardown after it have the same instance and do not count, nor does what is no report of ours.
 */
function assignReports(instances, texts) {
    const reports = texts.map(readReport).filter(report => report !== undefined);
    return instances.map(instance => {
        const own = reports.filter(report => report.operation === 'e2e' && report.instance === instance);
        return { instance, report: own.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1)).at(-1) };
    });
}
function readReport(text) {
    try {
        const parsed = JSON.parse(text);
        const known = Array.isArray(parsed?.phases) && Array.isArray(parsed.experiments) && Array.isArray(parsed.errors);
        return known ? parsed : undefined;
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
