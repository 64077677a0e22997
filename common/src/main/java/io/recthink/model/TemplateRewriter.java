package io.recthink.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rewrites what Jinjava's grammar lacks or reads otherwise into words that mean the same to it. */
final class TemplateRewriter {
    // Of the slices with a step, chat templates use this one.
    private static final Pattern REVERSED = Pattern.compile("\\[::-1]");
    private static final Pattern NAMESPACE = Pattern.compile("\\bnamespace\\(");

    private TemplateRewriter() {}

    static String rewrite(String template) {
        // Jinja drops one line end after the template, Jinjava one after the output.
        String text = template.endsWith("\n") ? template.substring(0, template.length() - 1) : template;
        return bracketNamespaceValues(REVERSED.matcher(text).replaceAll("|reverse"));
    }

    /** Jinjava lets the {@code =} of a named argument bind tighter than the operators of its value. */
    private static String bracketNamespaceValues(String text) {
        StringBuilder result = new StringBuilder();
        Matcher matcher = NAMESPACE.matcher(text);
        int copied = 0;
        while (matcher.find(copied)) {
            result.append(text, copied, matcher.end());
            copied = bracketArguments(text, matcher.end(), result);
        }
        return result.append(text, copied, text.length()).toString();
    }

    /** Appends the arguments from {@code begin} on, each value in brackets; returns where the closing bracket is. */
    private static int bracketArguments(String text, int begin, StringBuilder result) {
        int depth = 0;
        char quote = 0;
        boolean value = false;
        for (int i = begin; i < text.length(); i++) {
            char character = text.charAt(i);
            if (quote != 0) {
                quote = character == quote ? 0 : quote;
            } else if (character == '\'' || character == '"') {
                quote = character;
            } else if (depth == 0 && (character == ',' || character == ')')) {
                result.append(value ? ")" : "");
                value = false;
                if (character == ')') {
                    return i;
                }
            } else if (depth == 0 && character == '=' && !value) {
                result.append("=(");
                value = true;
                continue;
            } else if ("([{".indexOf(character) >= 0) {
                depth++;
            } else if (")]}".indexOf(character) >= 0) {
                depth--;
            }
            result.append(character);
        }
        return text.length();
    }
}
