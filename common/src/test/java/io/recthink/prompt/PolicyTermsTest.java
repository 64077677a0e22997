package io.recthink.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.CommonSections;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.generate.RolloutSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyTermsTest {
    private final Configuration trained = configuration(
            "prompt.think=none",
            "prompt.user=Rate {target_item} after {history}",
            "prompt.template={enable_thinking: false}",
            "rollout.maxTokens=64");
    private final PolicyTerms terms = PolicyTerms.of(trained, 0.5, 5, "2020-01-01T00:00:00Z");

    @Test
    void termsAreReadAsTheyWereWritten() {
        assertThat(PolicyTerms.parse("file", terms.toJson())).isEqualTo(terms);
        assertThat(terms.toJson()).doesNotContain("source");
        PolicyTerms unknown = PolicyTerms.of(trained, 0.5, 5, null);
        assertThat(PolicyTerms.parse("file", unknown.toJson())).isEqualTo(unknown);
    }

    @Test
    void termsOfAnotherVersionAreReadToo() {
        PolicyTerms read = PolicyTerms.parse(
                "file",
                "{\"prompt\":{\"think\":\"free\",\"later\":1},\"maxTokens\":9,\"minRating\":1,\"maxRating\":5,\"more\":true}");
        assertThat(read.prompt().think()).isEqualTo(ThinkMode.FREE);
        assertThat(read.prompt().historyItems())
                .isEqualTo(CommonSections.SECTIONS
                        .defaults()
                        .get(PromptSettings.class)
                        .historyItems());
    }

    @Test
    void aPolicyFromBeforeTheLayoutsGoesOnBeingAskedWithTheSkeleton() {
        ObjectNode before = tree(PolicyTerms.of(configuration(), 1, 5, null).toJson());
        ((ObjectNode) before.get("prompt")).remove("layout");
        PolicyTerms read = PolicyTerms.parse("file", before.toString());
        assertThat(read.prompt().layout()).isEqualTo(PromptLayout.SKELETON);
        assertThat(read.applyTo(configuration(), "grpo")
                        .get(PromptSettings.class)
                        .layout())
                .isEqualTo(PromptLayout.SKELETON);
        assertThat(read.applyPromptTo(configuration(), "grpo")
                        .get(PromptSettings.class)
                        .layout())
                .isEqualTo(PromptLayout.SKELETON);
    }

    @Test
    void aPolicyOfWordsIsNotAskedWithTheSkeletonByMistake() {
        PolicyTerms words = PolicyTerms.of(configuration(), 1, 5, null);
        assertThat(PolicyTerms.parse("file", words.toJson()).prompt().layout()).isEqualTo(PromptLayout.WORDS);
        assertThatThrownBy(() -> words.applyTo(configuration("prompt.layout=skeleton"), "grpo"))
                .hasMessageContaining("prompt.layout is \"skeleton\" in the configuration and \"words\" in the policy");
    }

    @Test
    void whatIsNoFileOfTermsIsRefused() {
        for (String text : List.of("", "[]", "{", "{\"prompt\":{\"think\":\"loud\"}}", "{\"maxTokens\":0}")) {
            assertThatThrownBy(() -> PolicyTerms.parse("recthink.json", text))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith("recthink.json: ");
        }
    }

    @Test
    void settingsAtTheirDefaultGiveWay() {
        Configuration asked = terms.applyTo(configuration(), "grpo");
        assertThat(asked.get(PromptSettings.class)).isEqualTo(trained.get(PromptSettings.class));
        assertThat(asked.get(RolloutSettings.class).maxTokens()).isEqualTo(64);
        assertThat(terms.applyTo(trained, "grpo")).isEqualTo(trained);
    }

    @Test
    void settingsThatDifferAreRefusedByName() {
        Configuration other = configuration("prompt.user=Items {history} {target_item}", "rollout.maxTokens=128");
        assertThatThrownBy(() -> terms.applyTo(other, "grpo"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("grpo was trained with other settings: prompt.user is ")
                .hasMessageContaining("rollout.maxTokens is 128 in the configuration and 64 in the policy")
                .hasMessageContaining("prompt.source=configuration");
    }

    @Test
    void theConfigurationCountsWhenItSaysSo() {
        Configuration other = configuration("prompt.historyItems=3", "prompt.source=configuration");
        assertThat(terms.applyTo(other, "grpo")).isEqualTo(other);
        terms.requireScale(1, 10, other, "grpo");
    }

    @Test
    void aTrainingSaysItselfHowLongCompletionsMayBe() {
        Configuration other = configuration("rollout.maxTokens=128");
        Configuration applied = terms.applyPromptTo(other, "start");
        assertThat(applied.get(RolloutSettings.class).maxTokens()).isEqualTo(128);
        assertThat(applied.get(PromptSettings.class)).isEqualTo(trained.get(PromptSettings.class));
    }

    @Test
    void anotherScaleIsRefused() {
        terms.requireScale(0.5, 5, configuration(), "grpo");
        assertThatThrownBy(() -> terms.requireScale(1, 10, configuration(), "grpo"))
                .hasMessageContaining(
                        "was trained on ratings from 0.5 to 5.0, but is asked for ratings from 1.0 to 10.0");
    }

    private static ObjectNode tree(String json) {
        try {
            return (ObjectNode) new ObjectMapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Configuration configuration(String... settings) {
        return CommonSections.SECTIONS.read("test", "", List.of(settings));
    }
}
