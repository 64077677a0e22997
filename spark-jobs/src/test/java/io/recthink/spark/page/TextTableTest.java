package io.recthink.spark.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
    private static final TextTable TABLE = new TextTable(
            List.of("system", "MAE"),
            List.of(List.of("bias", "0.7500"), List.of("a|b_c *", "0.8123"), List.of("last", "-")),
            List.of(1));

    @Test
    void theConsoleShowsAlignedColumns() {
        assertThat(TABLE.console())
                .isEqualTo(
                        """
                        system   MAE
                        ---------------
                        bias     0.7500
                        ---------------
                        a|b_c *  0.8123
                        last     -
                        """);
    }

    @Test
    void markdownEscapesItsOwnSigns() {
        assertThat(TABLE.markdown())
                .isEqualTo(
                        """
                        | system | MAE |
                        |---|---|
                        | bias | 0.7500 |
                        | a\\|b_c \\* | 0.8123 |
                        | last | - |
                        """);
    }

    @Test
    void latexEscapesItsOwnSignsAndDrawsTheRules() {
        assertThat(new TextTable(List.of("system", "100 %"), List.of(List.of("a_b & c", "{x}")), List.of(0)).latex())
                .isEqualTo(
                        """
                        \\begin{tabular}{lr}
                        \\toprule
                        system & 100 \\% \\\\
                        \\midrule
                        \\midrule
                        a\\_b \\& c & \\{x\\} \\\\
                        \\bottomrule
                        \\end{tabular}
                        """);
    }
}
