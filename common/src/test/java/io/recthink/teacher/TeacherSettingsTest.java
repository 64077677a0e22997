package io.recthink.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.CommonSections;
import io.recthink.config.ConfigurationException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TeacherSettingsTest {
    @Test
    void aSystemChangesSingleKeys() {
        TeacherSettings common = settings("teacher.rule.spread=0.1", "teacher.maxTokens=7", "teacher.body={top_k: 20}");
        TeacherSettings changed =
                common.changedBy(Map.of("maxTokens", 9, "rule", Map.of("slope", 2)), "coldStart.teacher");
        assertThat(changed.maxTokens()).isEqualTo(9);
        assertThat(changed.rule().slope()).isEqualTo(2);
        assertThat(changed.rule().spread()).isEqualTo(0.1);
        assertThat(changed.body()).isEqualTo(Map.of("top_k", 20));
        assertThat(common.changedBy(Map.of(), "coldStart.teacher")).isEqualTo(common);
    }

    @Test
    void aChangeThatCannotBeUsedIsRefusedWithItsPlace() {
        assertThatThrownBy(() -> settings().changedBy(Map.of("modle", "x"), "coldStart.teacher"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("coldStart.teacher: teacher.modle must be a known key");
        assertThatThrownBy(() -> settings().changedBy(Map.of("kind", "chat"), "coldStart.teacher"))
                .hasMessageContaining("teacher.url must be the whole http or https URL of the endpoint")
                .hasMessageContaining("teacher.model must be the name of a model");
    }

    @Test
    void aKeyInPlaceOfItsVariableIsRefusedWithoutBeingShown() {
        assertThatThrownBy(() -> settings("teacher.apiKeyVariable=sk-secret"))
                .hasMessageContaining("teacher.apiKeyVariable must be the name of an environment variable")
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("sk-secret"));
        assertThatThrownBy(() -> settings("teacher.kind=chat", "teacher.model=m", "teacher.url=http://me:pw@host/v1"))
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("pw@"));
        assertThatThrownBy(() -> settings("teacher.url=https://host/v1?api-version=3&api_key=abc"))
                .hasMessageContaining("teacher.url must be a URL without a secret")
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("abc"));
    }

    @Test
    void aCostNeedsAPrice() {
        assertThatThrownBy(() -> settings("teacher.budget.cost=1"))
                .hasMessageContaining("teacher.budget.cost must be 0 without a price");
        assertThat(settings("teacher.budget.cost=1", "teacher.price={input: 2, output: 10}")
                        .price()
                        .of(1_000_000, 500_000))
                .isEqualTo(7);
    }

    private static TeacherSettings settings(String... settings) {
        return CommonSections.SECTIONS.read("test", "", List.of(settings)).get(TeacherSettings.class);
    }
}
