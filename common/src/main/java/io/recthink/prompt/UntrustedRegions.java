package io.recthink.prompt;

import io.recthink.InvalidInputException;
import java.util.ArrayList;
import java.util.List;

/**
 * A rendered prompt and its untrusted regions, the texts of users and shops. During rendering each region is between
 * two characters that no text contains: Unicode reserves them for use inside a program.
 */
final class UntrustedRegions {
    private static final char BEGIN = '\uFDD0';
    private static final char END = '\uFDD1';

    private final StringBuilder text = new StringBuilder();
    private final List<Region> regions = new ArrayList<>();

    /** A part of the text, its end exclusive. */
    record Region(int start, int end) {
        boolean meets(int from, int to) {
            return from < end && to > start;
        }
    }

    private UntrustedRegions() {}

    /** The text between two marks; an empty text gets no marks. */
    static String mark(String untrusted) {
        return untrusted.isEmpty() ? "" : BEGIN + untrusted + END;
    }

    /** The text without marks. */
    static String withoutMarks(String text) {
        return text.replace(String.valueOf(BEGIN), "").replace(String.valueOf(END), "");
    }

    static long count(String marked) {
        return marked.chars().filter(character -> character == BEGIN).count();
    }

    private static boolean isMark(int character) {
        return character == BEGIN || character == END;
    }

    /**
     * Removes the marks from a rendered prompt.
     *
     * @param expected the number of marked texts in the messages
     * @throws InvalidInputException when a marked text is missing or not whole
     */
    static UntrustedRegions of(String rendered, long expected) {
        UntrustedRegions result = new UntrustedRegions();
        int start = -1;
        for (int i = 0; i < rendered.length(); i++) {
            char character = rendered.charAt(i);
            if (!isMark(character)) {
                result.text.append(character);
            } else if ((character == BEGIN) == (start < 0)) {
                int at = result.text.length();
                if (start >= 0) {
                    result.regions.add(new Region(start, at));
                }
                start = start < 0 ? at : -1;
            } else {
                throw cut();
            }
        }
        if (start >= 0 || result.regions.size() < expected) {
            throw cut();
        }
        return result;
    }

    private static InvalidInputException cut() {
        return new InvalidInputException("the chat template leaves out or cuts parts of a message, so texts of users"
                + " cannot be distinguished from texts of the template; use the template of the model's family");
    }

    String text() {
        return text.toString();
    }

    List<Region> regions() {
        return List.copyOf(regions);
    }

    /** Replaces characters and moves the regions: puts a blank inside a region, or removes characters from it. */
    void replace(int from, int to, String replacement) {
        text.replace(from, to, replacement);
        int moved = replacement.length() - (to - from);
        regions.replaceAll(region -> new Region(
                region.start >= to && region.start > from ? region.start + moved : region.start,
                region.end >= to ? region.end + moved : region.end));
    }
}
