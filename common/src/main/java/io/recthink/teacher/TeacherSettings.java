package io.recthink.teacher;

import io.recthink.config.ConfigurationException;
import io.recthink.config.Problems;
import io.recthink.config.Section;
import io.recthink.config.Sections;
import java.io.Serializable;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The section {@code teacher}: the teacher of all systems. A system may change any key below a map {@code teacher} in
 * its own section; {@link #changedBy} applies these changes.
 *
 * @param kind who answers
 * @param model name of the model at the server; {@code local}: path of its folder
 * @param url URL of the endpoint
 * @param header header of the key
 * @param apiKeyVariable environment variable of the driver that holds the key; empty: no key is sent
 * @param maxTokensField field of a request that limits the tokens of an answer
 * @param body further fields of a request
 * @param temperature sampling temperature; 0: the most probable tokens
 * @param topP share of the probability from which tokens are sampled
 * @param maxTokens the most tokens of an answer
 * @param stop texts that end an answer
 * @param resample the most samples that replace an answer that a check rejects
 * @param concurrency requests in flight, all tasks together
 * @param requestsPerMinute limit of all tasks together; 0: none
 * @param tokensPerMinute limit of all tasks together; 0: none
 * @param timeoutSeconds the longest time of one request
 * @param attempts the most attempts of one request
 * @param maxFailureShare share of requests without an answer above which a job stops
 */
public record TeacherSettings(
        TeacherKind kind,
        String model,
        String url,
        String header,
        String apiKeyVariable,
        String maxTokensField,
        Map<String, Object> body,
        double temperature,
        double topP,
        int maxTokens,
        List<String> stop,
        int resample,
        int concurrency,
        int requestsPerMinute,
        long tokensPerMinute,
        int timeoutSeconds,
        int attempts,
        double maxFailureShare,
        LedgerSettings ledger,
        BudgetSettings budget,
        PriceSettings price,
        RuleSettings rule)
        implements Section, Serializable {
    private static final List<String> MAX_TOKENS_FIELDS = List.of("max_tokens", "max_completion_tokens");
    private static final double HOTTEST = 2;
    private static final Pattern SECRET =
            Pattern.compile("[?&](?:[a-z_-]*key|token|secret|password|sig)=", Pattern.CASE_INSENSITIVE);

    public TeacherSettings {
        body = Map.copyOf(body);
        stop = List.copyOf(stop);
    }

    @Override
    public void check(Problems problems) {
        if (kind == TeacherKind.CHAT) {
            problems.require(
                    isHttp(url),
                    "url",
                    "the whole http or https URL of the endpoint, such as http://host:8000/v1/chat/completions",
                    url.isEmpty() ? "empty" : url);
        }
        problems.require(
                !SECRET.matcher(url).find(),
                "url",
                "a URL without a secret; teacher.apiKeyVariable names the variable of the key",
                "one with a secret");
        if (kind != TeacherKind.RULE) {
            problems.require(!model.isBlank(), "model", "the name of a model or the path of its folder", "empty");
        }
        problems.require(
                header.matches("[A-Za-z][A-Za-z0-9-]*"),
                "header",
                "the name of a header such as Authorization",
                header);
        problems.require(
                apiKeyVariable.isEmpty() || apiKeyVariable.matches("[A-Za-z_][A-Za-z0-9_]*"),
                "apiKeyVariable",
                "the name of an environment variable, not the key itself",
                "another text");
        problems.require(
                MAX_TOKENS_FIELDS.contains(maxTokensField),
                "maxTokensField",
                "one of " + String.join(", ", MAX_TOKENS_FIELDS),
                maxTokensField);
        problems.between(0, HOTTEST, "temperature", temperature);
        problems.require(topP > 0 && topP <= 1, "topP", "above 0 and at most 1", topP);
        problems.atLeast(1, "maxTokens", maxTokens);
        problems.atLeast(0, "resample", resample);
        problems.atLeast(1, "concurrency", concurrency);
        problems.atLeast(0, "requestsPerMinute", requestsPerMinute);
        problems.atLeast(0, "tokensPerMinute", tokensPerMinute);
        problems.atLeast(1, "timeoutSeconds", timeoutSeconds);
        problems.atLeast(1, "attempts", attempts);
        problems.between(0, 1, "maxFailureShare", maxFailureShare);
        ledger.check(problems.in("ledger"));
        budget.check(problems.in("budget"));
        problems.require(
                budget.cost() == 0 || price.hasPrice(),
                "budget.cost",
                "0 without a price; set price.input and price.output",
                budget.cost());
        price.check(problems.in("price"));
        rule.check(problems.in("rule"));
    }

    private static boolean isHttp(String url) {
        try {
            URI uri = URI.create(url);
            return uri.getHost() != null
                    && uri.getUserInfo() == null
                    && List.of("http", "https").contains(String.valueOf(uri.getScheme()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The name of the teacher in tables and messages. */
    public String name() {
        return kind == TeacherKind.RULE ? kind.label() : model;
    }

    /**
     * These settings with the changes of a system.
     *
     * @param changes keys and values below {@code teacher}; a map changes single keys below its key
     * @param key the key that holds the changes, for messages
     * @throws ConfigurationException when a key is unknown or a value cannot be used
     */
    public TeacherSettings changedBy(Map<String, Object> changes, String key) {
        return Sections.change(this, changes, key);
    }
}
