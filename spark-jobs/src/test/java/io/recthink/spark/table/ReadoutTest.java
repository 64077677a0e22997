package io.recthink.spark.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadoutTest {
    @Test
    void aMeanIsRankedByRmseAMedianByMaeAndAnythingElseByBoth() {
        for (Readout mean : List.of(Readout.EXPECTATION, Readout.meanOf(8))) {
            assertThat(mean.rankedByRmse()).as(mean.name()).isTrue();
            assertThat(mean.rankedByMae()).as(mean.name()).isFalse();
        }
        for (Readout median : List.of(Readout.MEDIAN, Readout.medianOf(8), Readout.GREEDY)) {
            assertThat(median.rankedByRmse()).as(median.name()).isFalse();
            assertThat(median.rankedByMae()).as(median.name()).isTrue();
        }
        for (Readout other : List.of(Readout.POINT, new Readout("best-of-3"))) {
            assertThat(other.rankedByRmse()).as(other.name()).isTrue();
            assertThat(other.rankedByMae()).as(other.name()).isTrue();
        }
    }

    @Test
    void inTablesAndReportsItIsItsName() throws Exception {
        assertThat(Readout.meanOf(8)).hasToString("mean-of-8");
        assertThat(new ObjectMapper().writeValueAsString(Readout.medianOf(8))).isEqualTo("\"median-of-8\"");
        assertThat(new ObjectMapper().readValue("\"greedy\"", Readout.class)).isEqualTo(Readout.GREEDY);
        assertThatThrownBy(() -> new Readout(" ")).isInstanceOf(InvalidInputException.class);
    }
}
