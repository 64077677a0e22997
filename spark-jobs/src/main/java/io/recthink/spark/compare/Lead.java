package io.recthink.spark.compare;

import io.recthink.spark.page.TextTable;
import java.util.List;

/**
 * What a page is about that shows a comparison only beside it.
 *
 * @param kind of the page, a word
 * @param title of the page
 * @param heading of the table
 * @param notes what a reader must know of the table, a sentence each
 */
public record Lead(String kind, String title, String heading, TextTable table, List<String> notes) {
    public Lead {
        notes = List.copyOf(notes);
    }
}
