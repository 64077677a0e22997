package io.recthink.spark.table;

import io.recthink.prompt.Item;
import io.recthink.prompt.ItemReview;
import io.recthink.prompt.PromptInput;
import io.recthink.prompt.ReviewedItem;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.spark.sql.Row;

/** What a row of the examples table says, as the objects that prompts are rendered from. */
public final class Examples {
    private Examples() {}

    /**
     * What the prompt of an example may show. The true rating is not in it. Texts that the table does not know are empty.
     *
     * @param example a row that has at least the columns target, userHistory, itemHistory, userMean and itemMean
     */
    public static PromptInput input(Row example) {
        return new PromptInput(
                list(example, "userHistory").stream()
                        .map(Examples::reviewedItem)
                        .toList(),
                list(example, "itemHistory").stream().map(Examples::itemReview).toList(),
                item(example.getAs("target")),
                number(example, "userMean"),
                number(example, "itemMean"));
    }

    private static ReviewedItem reviewedItem(Row entry) {
        return new ReviewedItem(
                Item.titled(text(entry, "title")),
                time(entry),
                entry.getAs("rating"),
                text(entry, "summary"),
                text(entry, "review"));
    }

    private static ItemReview itemReview(Row entry) {
        return new ItemReview(time(entry), entry.getAs("rating"), text(entry, "summary"), text(entry, "review"));
    }

    /** Spark gives one type or the other, by spark.sql.datetime.java8API.enabled. */
    private static Instant time(Row entry) {
        Object time = entry.getAs("time");
        return time instanceof Timestamp timestamp ? timestamp.toInstant() : (Instant) time;
    }

    private static Item item(Row target) {
        int categories = target.fieldIndex("categories");
        return new Item(
                text(target, "title"),
                target.isNullAt(categories) ? List.of() : target.getList(categories),
                text(target, "brand"),
                text(target, "price"),
                text(target, "description"));
    }

    private static List<Row> list(Row row, String column) {
        return row.getList(row.fieldIndex(column));
    }

    private static OptionalDouble number(Row row, String column) {
        int index = row.fieldIndex(column);
        return row.isNullAt(index) ? OptionalDouble.empty() : OptionalDouble.of(row.getDouble(index));
    }

    private static String text(Row row, String column) {
        String text = row.getAs(column);
        return text == null ? "" : text;
    }
}
