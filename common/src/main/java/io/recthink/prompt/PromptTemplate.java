package io.recthink.prompt;

import io.recthink.model.ChatTemplate.Message;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The two messages that ask a policy for a rating: the instruction and the data. The built-in texts are the templates
 * of the three think modes in the two layouts. The settings {@code prompt.system}, {@code prompt.user},
 * {@code prompt.historyItem} and {@code prompt.targetItem} replace them. Their slots:
 *
 * <pre>
 * system, user   {min_rating} {max_rating}; user also {history} {target_item} {user_mean} {item_mean}
 * historyItem    {index} {rating} {stars} {summary} {review} and the slots of an item
 * targetItem     {reviews} (other users' earlier reviews, a line each) and the slots of an item
 * of an item     {title} {categories} {brand} {price} {description}
 * </pre>
 *
 * {@code {rating}} and the means have one decimal; {@code {stars}} is the rating without needless decimals. A line, or
 * a part of a line between two {@code " | "}, is left out when one of its slots is empty. The means are empty when
 * {@code prompt.meanFeatures} is false. Texts of users and shops become one line without tags. Immutable; safe for use
 * by many threads.
 */
public final class PromptTemplate {
    private static final Set<String> ITEM_SLOTS = Set.of("title", "categories", "brand", "price", "description");
    private static final String HISTORY_ITEM = "{index}. {title} | rating {rating} | {categories} | {brand} | {price}"
            + " | summary: {summary} | description: {description} | review: {review}";
    private static final String TARGET_ITEM = "{title} | {categories} | {brand} | {price} | description: {description}";
    private static final SlotText ITEM_REVIEW = SlotText.of(
            "item review",
            "- rating {rating} | summary: {summary} | review: {review}",
            Set.of("rating", "summary", "review"));

    private final PromptSettings settings;
    private final double min;
    private final double max;
    private final SlotText system;
    private final SlotText user;
    private final SlotText historyItem;
    private final SlotText targetItem;
    private final boolean marks;

    /**
     * The template of the given settings.
     *
     * @param min the lowest rating of the scale
     * @param max the highest rating of the scale
     * @throws io.recthink.InvalidInputException when a text of the settings uses an unknown slot
     */
    public PromptTemplate(PromptSettings settings, double min, double max) {
        this.settings = settings;
        this.min = min;
        this.max = max;
        String[] messages = builtIn(settings.think(), settings.layout());
        system = text("system", settings.system(), messages[0], Set.of("min_rating", "max_rating"));
        user = text(
                "user",
                settings.user(),
                messages[1],
                Set.of("min_rating", "max_rating", "history", "target_item", "user_mean", "item_mean"));
        historyItem = text(
                "historyItem",
                settings.historyItem(),
                HISTORY_ITEM,
                with(ITEM_SLOTS, "index", "rating", "stars", "summary", "review"));
        targetItem = text("targetItem", settings.targetItem(), TARGET_ITEM, with(ITEM_SLOTS, "reviews"));
        marks = false;
    }

    private PromptTemplate(PromptTemplate unmarked) {
        settings = unmarked.settings;
        min = unmarked.min;
        max = unmarked.max;
        system = unmarked.system;
        user = unmarked.user;
        historyItem = unmarked.historyItem;
        targetItem = unmarked.targetItem;
        marks = true;
    }

    /** A template whose messages mark the texts of users and shops, see {@link UntrustedRegions}. */
    PromptTemplate marked() {
        return new PromptTemplate(this);
    }

    /**
     * The messages of one example, with at most {@code prompt.historyItems} past purchases: a system message and a user
     * message. There is no system message when {@code prompt.system} is blank but not empty.
     */
    public List<Message> messages(PromptInput input) {
        return messages(input, 1);
    }

    /**
     * The messages of one example, with shorter texts.
     *
     * @param share the share of the configured numbers of characters that the texts of users and shops may have, at
     *     most 1
     */
    List<Message> messages(PromptInput input, double share) {
        Map<String, String> values = new HashMap<>();
        values.put("min_rating", RatingText.of(min));
        values.put("max_rating", RatingText.of(max));
        values.put("history", history(PromptInput.latest(input.userHistory(), settings.historyItems()), share));
        values.put("target_item", target(input, share));
        if (settings.meanFeatures()) {
            values.put("user_mean", oneDecimal(input.userMean()));
            values.put("item_mean", oneDecimal(input.itemMean()));
        }
        List<Message> messages = new ArrayList<>();
        String instruction = system.fill(values);
        if (!instruction.isBlank()) {
            messages.add(new Message("system", instruction));
        }
        messages.add(new Message("user", user.fill(values)));
        return messages;
    }

    /** The fixed text of every prompt: the system message, and the fixed parts of the user message. */
    public List<String> instruction() {
        Map<String, String> scale = Map.of("min_rating", RatingText.of(min), "max_rating", RatingText.of(max));
        Set<String> empty = settings.meanFeatures() ? Set.of() : Set.of("user_mean", "item_mean");
        return Stream.concat(Stream.of(system.fill(scale)), user.fixedParts(empty).stream())
                .toList();
    }

    /** Whether the answer has the blocks of the four steps, and the instruction names each mark of the skeleton. */
    public boolean asksForMarks() {
        return settings.think() == ThinkMode.FOUR_STEPS
                && Marks.allIn(instruction().toArray(new String[0]));
    }

    /** The messages as text for people, each under its role. */
    public static String underRoles(List<Message> messages) {
        return messages.stream()
                .map(message -> "[" + message.role() + "]\n" + message.content())
                .collect(Collectors.joining("\n\n"));
    }

    /** The maximum number of past purchases that the messages show. */
    int historyItems() {
        return settings.historyItems();
    }

    private String history(List<ReviewedItem> items, double share) {
        List<String> lines = new ArrayList<>();
        for (ReviewedItem past : items) {
            Map<String, String> values = itemValues(past.item(), share);
            values.put("index", Integer.toString(lines.size() + 1));
            values.putAll(reviewValues(past.rating(), past.summary(), past.review(), share));
            lines.add(historyItem.fill(values));
        }
        return lines.isEmpty() ? "(none)" : String.join("\n", lines);
    }

    private String target(PromptInput input, double share) {
        Map<String, String> values = itemValues(input.target(), share);
        values.put(
                "reviews",
                PromptInput.latest(input.itemHistory(), settings.historyItems()).stream()
                        .map(review -> ITEM_REVIEW.fill(
                                reviewValues(review.rating(), review.summary(), review.review(), share)))
                        .collect(Collectors.joining("\n")));
        return targetItem.fill(values);
    }

    private Map<String, String> itemValues(Item item, double share) {
        Map<String, String> values = new HashMap<>();
        String title = cut(item.title(), settings.titleCharacters(), share);
        values.put("title", title.isEmpty() ? "(untitled)" : title);
        values.put("categories", cut(String.join(", ", item.categories()), settings.categoriesCharacters(), share));
        values.put("brand", cut(item.brand(), settings.brandCharacters(), share));
        values.put("price", price(item.price()));
        values.put("description", cut(item.description(), settings.descriptionCharacters(), share));
        return values;
    }

    /** The price, whole or empty: a part of a price is another price. */
    private String price(String price) {
        String line = UntrustedText.oneLine(price);
        return line.codePointCount(0, line.length()) <= settings.priceCharacters() ? untrusted(line) : "";
    }

    private Map<String, String> reviewValues(double rating, String summary, String review, double share) {
        return Map.of(
                "rating", oneDecimal(OptionalDouble.of(rating)),
                "stars", RatingText.of(rating),
                "summary", cut(summary, settings.summaryCharacters(), share),
                "review", cut(review, settings.reviewCharacters(), share));
    }

    private String cut(String text, int characters, double share) {
        return untrusted(UntrustedText.oneLine(text, (int) (share * characters)));
    }

    private String untrusted(String line) {
        return marks ? UntrustedRegions.mark(line) : line;
    }

    private static SlotText text(String key, String configured, String builtIn, Set<String> slots) {
        return SlotText.of("prompt." + key, configured.isEmpty() ? builtIn : configured, slots);
    }

    private static Set<String> with(Set<String> slots, String... more) {
        Set<String> all = new HashSet<>(slots);
        all.addAll(List.of(more));
        return all;
    }

    private static String oneDecimal(OptionalDouble number) {
        return number.isPresent() ? String.format(Locale.ROOT, "%.1f", number.getAsDouble()) : "";
    }

    /** The system and the user message of a think mode in a layout. */
    private static String[] builtIn(ThinkMode think, PromptLayout layout) {
        String steps =
                switch (think) {
                    case FOUR_STEPS -> "four-steps";
                    case NONE -> "none";
                    case FREE -> "free";
                };
        String form =
                switch (layout) {
                    case WORDS -> "words";
                    case SKELETON -> "skeleton";
                };
        try (InputStream in = PromptTemplate.class.getResourceAsStream(steps + "-" + form + ".txt")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            String[] messages = text.substring("[system]\n".length()).split("\n\\[user]\n", 2);
            return new String[] {messages[0].strip(), messages[1].strip()};
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
