package io.recthink.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.prompt.Item;
import io.recthink.prompt.PromptInput;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TeacherRequestTest {
    private static final PromptInput INPUT = new PromptInput(
            List.of(), List.of(), Item.titled("A lamp"), OptionalDouble.empty(), OptionalDouble.empty());

    @Test
    void fourPurposesSeeTheTrueRating() {
        assertThat(Arrays.stream(Purpose.values()).filter(Purpose::seesTruth).map(Purpose::label))
                .containsExactlyInAnyOrder(
                        "recone.rationale", "rec-saver.reference", "exp3rt.rationale", "reason4rec.hinted-rationale");
    }

    @ParameterizedTest
    @EnumSource(Purpose.class)
    void aRequestCarriesTheTruthWhereItsPurposeSeesItAndNowhereElse(Purpose purpose) {
        OptionalDouble right = purpose.seesTruth() ? OptionalDouble.of(4) : OptionalDouble.empty();
        OptionalDouble wrong = purpose.seesTruth() ? OptionalDouble.empty() : OptionalDouble.of(4);
        assertThat(new TeacherRequest(purpose, "row", 0, INPUT, right).truth()).isEqualTo(right);
        assertThatThrownBy(() -> new TeacherRequest(purpose, "row", 0, INPUT, wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(purpose.label())
                .hasMessageContaining("the true rating of row");
    }
}
