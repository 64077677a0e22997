package io.recthink.prompt;

import java.util.List;

/** What is known about a product before anybody reviews it. Unknown texts are empty. */
public record Item(String title, List<String> categories, String brand, String price, String description) {
    public Item {
        categories = List.copyOf(categories);
    }

    /** An item of which only the name is known. */
    public static Item titled(String title) {
        return new Item(title, List.of(), "", "", "");
    }
}
