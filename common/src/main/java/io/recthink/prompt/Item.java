package io.recthink.prompt;

import java.util.List;

/** The description of a product, without reviews. Unknown texts are empty. */
public record Item(String title, List<String> categories, String brand, String price, String description) {
    public Item {
        categories = List.copyOf(categories);
    }

    /** An item with a title and no other text. */
    public static Item titled(String title) {
        return new Item(title, List.of(), "", "", "");
    }
}
