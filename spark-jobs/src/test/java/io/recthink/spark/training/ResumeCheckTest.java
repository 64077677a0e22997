package io.recthink.spark.training;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.spark.JobSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ResumeCheckTest {
    private static final List<String> FIXED = List.of("train", "reward", "prompt.layout", "prompt.source");

    @Test
    void aKeyThatThisVersionDoesNotKnowMattersWhereItFixesTheRun() {
        String other = "compare: {style: new}\nprompt: {layout: words}\nreward: {minWords: 10}\n";
        check(other);

        check(other + "train: {guards: {maxSighs: 3}}\n");

        assertThatThrownBy(() -> check(other + "train: {momentum: 0.5}\n"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("/runs/1 cannot be resumed")
                .hasMessageEndingWith("choose another folder for the run (paths.run).")
                .hasMessageContaining("train.momentum: was 0.5, is not known to this version of recthink");
    }

    private static void check(String record) {
        new ResumeCheck("paths.run", "/runs/1")
                .same(record, new ConfigurationRecord(JobSettings.SECTIONS.defaults(), FIXED, List.of("train.guards")))
                .refuseChanges();
    }
}
