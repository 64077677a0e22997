package io.recthink.spark.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.evaluate.Comparison;
import io.recthink.spark.page.TextTable;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class ComparisonTablesTest {
    private final Comparison comparison = ExampleComparison.comparison();
    private final ComparisonTables tables = new ComparisonTables(comparison);

    @Test
    void rowsShowFourDecimalsAndTheMarkOfThosePromptMeansBeat() {
        assertThat(tables.main().rows().get(1))
                .containsExactly(
                        "grpo, <b>late</b> *",
                        "greedy",
                        "train, step 0: the untrained start",
                        "12.5",
                        "0.8123 [0.7123, 0.9123]",
                        "2",
                        "1.0000 [0.9000, 1.1000]",
                        "",
                        "+0.0623 [-0.0100, +0.1000]",
                        "0.2500");
        // A trivial row is what others are measured by.
        assertThat(tables.main().rows().get(0))
                .startsWith("bias", "expectation")
                .contains("reference");
        assertThat(tables.main().rules()).containsExactly(1);
        assertThat(tables.notes()).anyMatch(note -> note.startsWith("* does not beat prompt-means"));
    }

    @Test
    void whatIsNotDefinedIsADash() {
        assertThat(tables.details().rows().get(0)).contains("-", "+0.2500", "-0.5000", "75.0");
    }

    @Test
    void smallSlicesKeepTheirCountAndShowNoScore() {
        TextTable slices = tables.slices("activity");
        assertThat(slices.header()).contains("1-4 (n=60)", "20+ (n=7)");
        assertThat(slices.rows().get(1)).contains("0.8000 [0.7000, 0.9000]", "-");
    }

    @Test
    void theTrainingOfASystemHasItsOwnTable() {
        assertThat(tables.trainings().rows())
                .singleElement()
                .asInstanceOf(InstanceOfAssertFactories.list(String.class))
                .containsExactly(
                        "grpo, <b>late</b>", "greedy", "1234", "17", "5678", "1", "1", "1", "90.0", "12.0000", "cpu");
        assertThat(ComparisonFiles.markdown(comparison, tables)).contains("teacher tokens");
    }

    @Test
    void theSecondBlockSaysWhoIsToldApart() {
        assertThat(tables.focusTitle()).isEqualTo("MAE of grpo, <b>late</b> (greedy) minus the MAE of each other row");
        assertThat(tables.focus().rows().get(0)).contains("not told apart");
    }

    @Test
    void csvAndJsonKeepFullPrecision() {
        ComparisonData data = new ComparisonData(comparison);
        assertThat(data.csv().lines().skip(2))
                .singleElement()
                .asString()
                .startsWith("\"grpo, <b>late</b>\",greedy,7,saved,40,5,0.8123456789012345,0.7123456789012346,");
        assertThat(data.csv().lines().findFirst().orElseThrow().split(","))
                .hasSameSizeAs(
                        data.csv().lines().skip(1).findFirst().orElseThrow().split(",", -1));
        assertThat(data.json()).contains("\"mae\" : 0.8123456789012345", "\"spearman\" : null");
        assertThat(data.focusCsv().lines()).contains("bias,expectation,0,0.0623456789012345,-0.01,0.1,0.25");
        assertThat(data.slicesCsv().lines()).hasSize(5);
    }
}
