package io.recthink.spark.table;

import io.recthink.InvalidInputException;
import io.recthink.prompt.Item;
import io.recthink.prompt.ItemReview;
import io.recthink.prompt.PromptInput;
import io.recthink.prompt.ReviewedItem;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import org.apache.spark.sql.Row;

/** Converts a row of the examples table to the objects from which prompts are rendered. */
public final class Examples {
    private Examples() {}

    /**
     * The input of an example's prompt, without the true rating. Missing or null columns and fields mean unknown
     * values: a new user has no history, a new item may have no texts.
     *
     * @param example a row with columns of target, userHistory, itemHistory, userMean and itemMean; may be null
     * @throws InvalidInputException when an entry of a history has no time or no rating
     */
    public static PromptInput input(Row example) {
        return new PromptInput(
                Examples.<Row>list(example, "userHistory").stream()
                        .map(Examples::reviewedItem)
                        .toList(),
                Examples.<Row>list(example, "itemHistory").stream()
                        .map(Examples::itemReview)
                        .toList(),
                item(value(example, "target")),
                number(example, "userMean"),
                number(example, "itemMean"));
    }

    private static ReviewedItem reviewedItem(Row entry) {
        return new ReviewedItem(
                Item.titled(text(entry, "title")),
                time("userHistory", entry),
                rating("userHistory", entry),
                text(entry, "summary"),
                text(entry, "review"));
    }

    private static ItemReview itemReview(Row entry) {
        return new ItemReview(
                time("itemHistory", entry),
                rating("itemHistory", entry),
                text(entry, "summary"),
                text(entry, "review"));
    }

    /** Spark returns one type or the other, depending on spark.sql.datetime.java8API.enabled. */
    private static Instant time(String history, Row entry) {
        Object time = required(history, entry, "time");
        return time instanceof Timestamp timestamp ? timestamp.toInstant() : (Instant) time;
    }

    private static double rating(String history, Row entry) {
        return (Double) required(history, entry, "rating");
    }

    private static Object required(String history, Row entry, String field) {
        Object value = value(entry, field);
        if (value == null) {
            throw new InvalidInputException("an entry of the column %s has no %s; give it one, or leave the entry out"
                    .formatted(history, field));
        }
        return value;
    }

    private static Item item(Row target) {
        return new Item(
                text(target, "title"),
                list(target, "categories"),
                text(target, "brand"),
                text(target, "price"),
                text(target, "description"));
    }

    /** The elements of an array that are not null. */
    private static <T> List<T> list(Row row, String column) {
        if (value(row, column) == null) {
            return List.of();
        }
        List<T> elements = row.getList(row.fieldIndex(column));
        return elements.stream().filter(Objects::nonNull).toList();
    }

    private static OptionalDouble number(Row row, String column) {
        Double number = value(row, column);
        return number == null ? OptionalDouble.empty() : OptionalDouble.of(number);
    }

    private static String text(Row row, String column) {
        String text = value(row, column);
        return text == null ? "" : text;
    }

    /** The value of a column; null when it is null or the column is missing. */
    @SuppressWarnings("TypeParameterUnusedInFormals") // as in Row
    private static <T> T value(Row row, String column) {
        return row != null && row.schema().getFieldIndex(column).isDefined() ? row.getAs(column) : null;
    }
}
