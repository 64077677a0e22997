package io.recthink.prompt;

import io.recthink.config.Problems;
import io.recthink.config.Section;
import io.recthink.model.ChatTemplate;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The section {@code prompt}: the content and the length of a prompt. */
public record PromptSettings(
        ThinkMode think,
        PromptLayout layout,
        boolean meanFeatures,
        int historyItems,
        int titleCharacters,
        int categoriesCharacters,
        int brandCharacters,
        int priceCharacters,
        int summaryCharacters,
        int reviewCharacters,
        int descriptionCharacters,
        int maxTokens,
        String system,
        String user,
        String historyItem,
        String targetItem,
        Map<String, Object> template,
        PromptSource source)
        implements Section, Serializable {
    public PromptSettings {
        template = Collections.unmodifiableMap(new LinkedHashMap<>(template));
    }

    @Override
    public void check(Problems problems) {
        for (String variable : template.keySet()) {
            problems.require(
                    !ChatTemplate.TAKEN_VARIABLES.contains(variable),
                    "template." + variable,
                    "left out: the conversation or the tokenizer gives its value",
                    template.get(variable));
        }
        problems.atLeast(0, "historyItems", historyItems);
        problems.atLeast(0, "titleCharacters", titleCharacters);
        problems.atLeast(0, "categoriesCharacters", categoriesCharacters);
        problems.atLeast(0, "brandCharacters", brandCharacters);
        problems.atLeast(0, "priceCharacters", priceCharacters);
        problems.atLeast(0, "summaryCharacters", summaryCharacters);
        problems.atLeast(0, "reviewCharacters", reviewCharacters);
        problems.atLeast(0, "descriptionCharacters", descriptionCharacters);
        problems.atLeast(1, "maxTokens", maxTokens);
        problems.require(
                user.isEmpty() || (user.contains("{history}") && user.contains("{target_item}")),
                "user",
                "empty or contain {history} and {target_item}",
                "'" + user + "'");
    }
}
