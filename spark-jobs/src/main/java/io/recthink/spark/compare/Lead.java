package io.recthink.spark.compare;

import io.recthink.spark.page.TextTable;
import java.util.List;

/**
 * The first part of a page whose main subject is not the comparison, such as the page of {@code probe}.
 *
 * @param kind kind of the page, one word
 * @param title title of the page
 * @param heading heading of the table
 * @param notes sentences about the table
 */
public record Lead(String kind, String title, String heading, TextTable table, List<String> notes) {
    public Lead {
        notes = List.copyOf(notes);
    }
}
