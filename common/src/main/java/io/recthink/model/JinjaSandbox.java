package io.recthink.model;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.Context.Library;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.objects.date.StrftimeFormatter;
import io.recthink.InvalidInputException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Renders Jinja templates the way transformers does (trim_blocks, lstrip_blocks, raise_exception, strftime_now,
 * tojson), within limits: no Java method or property, no other file, bounded output, collections, loops and recursion.
 * Text that comes from a variable is never interpreted as a template.
 */
final class JinjaSandbox {
    private static final long LARGEST_OUTPUT = 16L << 20;
    private static final int LARGEST_COLLECTION = 100_000;
    private static final int LONGEST_RANGE = 10_000;
    private static final int DEEPEST_RECURSION = 20;
    // The day that Llama's own templates fall back to.
    private static final ZonedDateTime TODAY = LocalDate.of(2024, 7, 26).atStartOfDay(ZoneOffset.UTC);

    private static final Map<Library, Set<String>> DISABLED = Map.of(
            Library.TAG, Set.of("include", "import", "from", "extends"),
            Library.FILTER, Set.of("render", "fromyaml", "toyaml", "random", "shuffle", "log"));

    private static final String STRING = "'(?:[^'\\\\]++|\\\\.)*+'|\"(?:[^\"\\\\]++|\\\\.)*+\"";
    private static final Pattern TOKEN =
            Pattern.compile("\\{[{%](?:" + STRING + "|[^'\"%}]++|[%}])*?[%}]}", Pattern.DOTALL);
    private static final Pattern LITERAL = Pattern.compile(STRING, Pattern.DOTALL);
    private static final Pattern FILTER = Pattern.compile("\\|\\s*([A-Za-z_]\\w*)");
    private static final Pattern TEST = Pattern.compile("\\sis\\s+(?:not\\s+)?([A-Za-z_]\\w*)");

    private static final Jinjava JINJAVA = jinjava();

    private JinjaSandbox() {}

    /**
     * Refuses filters and tests that the renderer has not; it would take them for empty values without a word.
     *
     * @throws InvalidInputException naming the first unknown one
     */
    static void check(String source, String template) {
        Matcher token = TOKEN.matcher(template);
        while (token.find()) {
            String code = LITERAL.matcher(token.group()).replaceAll("''");
            for (Matcher filter = FILTER.matcher(code); filter.find(); ) {
                if (JINJAVA.getGlobalContext().getFilter(filter.group(1)) == null) {
                    throw new InvalidInputException(source + ": chat template: unknown filter " + filter.group(1));
                }
            }
            for (Matcher test = TEST.matcher(code); test.find(); ) {
                if (JINJAVA.getGlobalContext().getExpTest(test.group(1)) == null) {
                    throw new InvalidInputException(source + ": chat template: unknown test " + test.group(1));
                }
            }
        }
    }

    static String render(String source, String template, Map<String, Object> variables) {
        Map<String, Object> bindings = new HashMap<>(variables);
        // Templates ask whether it is defined before they call it.
        bindings.put("strftime_now", true);
        bindings.put("raise_exception", true);
        bindings.put(BoundedForTag.BUDGET, new AtomicLong(BoundedForTag.MOST_ROUNDS));
        RenderResult result = JINJAVA.renderForResult(template, bindings);
        if (!result.getErrors().isEmpty()) {
            TemplateError error = result.getErrors().get(0);
            throw new InvalidInputException(
                    source + ": chat template, line " + error.getLineno() + ": " + message(error),
                    error.getException());
        }
        return result.getOutput();
    }

    /** The renderer wraps what its extensions throw; what they said is what helps. */
    private static String message(TemplateError error) {
        for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidInputException) {
                return cause.getMessage();
            }
        }
        return error.getMessage();
    }

    /** Where Jinjava once differed from Jinja, as Jinja does it; tokens still need no space inside. */
    private static LegacyOverrides jinjaRules() {
        return LegacyOverrides.newBuilder()
                .withEvaluateMapKeys(true)
                .withIterateOverMapKeys(true)
                .withUsePyishObjectMapper(true)
                .withUseNaturalOperatorPrecedence(true)
                .withParseWhitespaceControlStrictly(true)
                .withAllowAdjacentTextNodes(true)
                .withUseTrimmingForNotesAndExpressions(true)
                .withKeepNullableLoopValues(true)
                .withHandleBackslashInQuotesOnly(true)
                .build();
    }

    private static Jinjava jinjava() {
        JinjavaConfig config = JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withKeepTrailingNewline(true)
                .withNestedInterpretationEnabled(false)
                .withLegacyOverrides(jinjaRules())
                .withElResolver(new TemplateResolver())
                .withDisabled(DISABLED)
                .withMaxOutputSize(LARGEST_OUTPUT)
                .withMaxStringLength(LARGEST_OUTPUT)
                .withMaxListSize(LARGEST_COLLECTION)
                .withMaxMapSize(LARGEST_COLLECTION)
                .withRangeLimit(LONGEST_RANGE)
                .withMaxRenderDepth(DEEPEST_RECURSION)
                .withEnableRecursiveMacroCalls(true)
                .withMaxMacroRecursionDepth(DEEPEST_RECURSION)
                .withLocale(Locale.ROOT)
                .build();
        Jinjava jinjava = new Jinjava(config);
        jinjava.registerFunction(
                new ELFunctionDefinition("", "raise_exception", JinjaSandbox.class, "raiseException", String.class));
        jinjava.registerFunction(
                new ELFunctionDefinition("", "strftime_now", JinjaSandbox.class, "strftimeNow", String.class));
        jinjava.registerFilter(new PythonJson());
        jinjava.registerTag(new BoundedForTag());
        return jinjava;
    }

    // Called by templates.
    public static String raiseException(String message) {
        throw new InvalidInputException(message);
    }

    // Called by templates.
    public static String strftimeNow(String format) {
        return StrftimeFormatter.format(TODAY, format, Locale.ENGLISH);
    }
}
