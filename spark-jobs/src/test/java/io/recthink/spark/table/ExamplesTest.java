package io.recthink.spark.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.prompt.Item;
import io.recthink.prompt.ItemReview;
import io.recthink.prompt.PromptInput;
import io.recthink.prompt.ReviewedItem;
import io.recthink.spark.SparkTest;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import scala.collection.JavaConverters;

class ExamplesTest {
    private static final Instant MONDAY = Instant.parse("2014-03-03T00:00:00.000001Z");
    private static final Instant TUESDAY = Instant.parse("2014-03-04T00:00:00Z");

    @Test
    void aRowSaysWhatItsPromptMayShow() {
        PromptInput input = Examples.input(throughSpark(example(
                RowFactory.create("Strings", new String[] {"Guitars", "Parts"}, "Acme", "4.95", "Six of them."),
                List.of(
                        RowFactory.create("i1", "Pick", Timestamp.from(MONDAY), 4.5, "Fine", "It picks."),
                        RowFactory.create("i2", null, Timestamp.from(TUESDAY), 1.0, null, null)),
                List.of(RowFactory.create("u2", Timestamp.from(TUESDAY), 2.0, "Meh", "They broke.")),
                2.75,
                2.0)));

        assertThat(input)
                .isEqualTo(new PromptInput(
                        List.of(
                                new ReviewedItem(Item.titled("Pick"), MONDAY, 4.5, "Fine", "It picks."),
                                new ReviewedItem(Item.titled(""), TUESDAY, 1.0, "", "")),
                        List.of(new ItemReview(TUESDAY, 2.0, "Meh", "They broke.")),
                        new Item("Strings", List.of("Guitars", "Parts"), "Acme", "4.95", "Six of them."),
                        OptionalDouble.of(2.75),
                        OptionalDouble.of(2.0)));
    }

    @Test
    void whatIsNotKnownIsEmpty() {
        PromptInput input = Examples.input(throughSpark(
                example(RowFactory.create(null, null, null, null, null), List.of(), List.of(), null, null)));

        assertThat(input)
                .isEqualTo(new PromptInput(
                        List.of(), List.of(), Item.titled(""), OptionalDouble.empty(), OptionalDouble.empty()));
    }

    @Test
    void whatIsAbsentOrNullIsUnknown() {
        PromptInput nothing =
                new PromptInput(List.of(), List.of(), Item.titled(""), OptionalDouble.empty(), OptionalDouble.empty());
        StructType targetAlone = new StructType().add("target", Tables.TARGET);
        assertThat(Examples.input(null)).isEqualTo(nothing);
        assertThat(Examples.input(row(targetAlone, (Object) null))).isEqualTo(nothing);
        assertThat(Examples.input(row(Tables.EXAMPLES, new Object[16]))).isEqualTo(nothing);
        Row target = row(Tables.TARGET, "Strings", seq(null, "Parts"), null, null, null);
        assertThat(Examples.input(row(targetAlone, target)).target())
                .isEqualTo(new Item("Strings", List.of("Parts"), "", "", ""));
    }

    @Test
    void anEntryOfAHistoryNeedsItsTimeAndItsRating() {
        StructType schema = new StructType().add(Tables.EXAMPLES.apply("userHistory"));
        Row entry = row(Tables.USER_HISTORY_ENTRY, "i1", "Pick", Timestamp.from(MONDAY), null, null, null);
        assertThatThrownBy(() -> Examples.input(row(schema, seq(null, entry))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("an entry of the column userHistory has no rating; give it one, or leave the entry out");
    }

    private static Row row(StructType schema, Object... values) {
        return new GenericRowWithSchema(values, schema);
    }

    private static Object seq(Object... elements) {
        return JavaConverters.asScalaBuffer(Arrays.asList(elements)).toSeq();
    }

    private static Row example(Row target, List<Row> users, List<Row> items, Double userMean, Double itemMean) {
        return RowFactory.create(
                "row",
                "u1",
                "i9",
                Timestamp.from(Instant.parse("2014-05-01T00:00:00Z")),
                5.0,
                "train",
                null,
                target,
                users.toArray(Row[]::new),
                items.toArray(Row[]::new),
                userMean,
                itemMean,
                2L,
                1L,
                true,
                true);
    }

    private static Row throughSpark(Row row) {
        return SparkTest.spark().createDataFrame(List.of(row), Tables.EXAMPLES).first();
    }
}
