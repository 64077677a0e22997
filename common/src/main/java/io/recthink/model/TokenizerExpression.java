package io.recthink.model;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Checks a regular expression of tokenizer.json in the syntax of Oniguruma, as far as published tokenizers use it. The
 * library ends the process when a search takes too many attempts. So expressions that could need them are refused
 * first: a repetition of repetitions, neighbouring repetitions of the same characters before a part that can fail,
 * references, recursion.
 */
final class TokenizerExpression {
    private static final int LONGEST = 1 << 14;
    private static final int DEEPEST = 8;
    private static final int MOST_BRANCHES = 512;
    private static final int MOST_CLASSES = 256;
    private static final int LONGEST_CLASS = 4096;
    private static final int MOST_TIMES = 1000;
    private static final int INFINITE = Integer.MAX_VALUE;

    /** Repetitions whose number varies by more than this count as unbounded. */
    private static final int SMALL = 16;

    private static final long MOST_CHOICES = 1 << 12;

    /** Most choices beside a repetition, at each place where the repetition may end. */
    private static final long MOST_CHOICES_OF_EACH = 1 << 6;

    private static final String CLASS_ESCAPES = "sSdDwWhH";
    private static final String CONTROL_ESCAPES = "rntfvae";
    private static final Set<String> GROUPS = Set.of("(?:", "(?=", "(?!", "(?>", "(?i:");
    private static final int[] SAMPLED = {0, 0x3100, 0x4E00, 0x4E20, 0xAC00, 0xAC20, 0xFE00, 0x10000, 0x1F600, 0x1F620};

    private final String text;
    private final Map<String, BitSet> known = new HashMap<>();
    private int at;
    private int branches;

    /** A part of a branch: its possible characters, how often it repeats, whether something inside it can be chosen. */
    private record Piece(
            BitSet set, int min, int max, boolean possessive, long choices, boolean zeroWidth, boolean ambiguous) {
        boolean variesMuch() {
            return max == INFINITE || max - min > SMALL;
        }

        boolean isNullable() {
            return min == 0 && !zeroWidth;
        }

        boolean overlaps(Piece other) {
            return set.intersects(other.set);
        }
    }

    /** The branches of an alternation; each branch is a list of pieces. */
    private record Group(List<List<Piece>> branches) {
        boolean isNullable() {
            return branches.stream()
                    .anyMatch(branch -> branch.stream().allMatch(piece -> piece.zeroWidth() || piece.min() == 0));
        }

        BitSet set() {
            BitSet all = new BitSet();
            branches.forEach(branch -> branch.forEach(piece -> all.or(piece.set())));
            return all;
        }

        long choices() {
            return branches.stream()
                    .mapToLong(branch ->
                            branch.stream().mapToLong(Piece::choices).reduce(1, (a, b) -> Math.min(a * b, INFINITE)))
                    .sum();
        }

        boolean variesMuch() {
            return branches.stream().flatMap(List::stream).anyMatch(Piece::variesMuch);
        }

        /** Whether repetitions inside can share a text among them in several ways. */
        boolean isAmbiguous() {
            for (List<Piece> branch : branches) {
                List<Piece> repeated = branch.stream().filter(Piece::variesMuch).toList();
                if (repeated.size() > 1 || branch.stream().anyMatch(Piece::ambiguous)) {
                    return true;
                }
            }
            return false;
        }

        /** Whether each text matches in one way alone, so that the group can be repeated without harm. */
        boolean isFixed() {
            BitSet firsts = new BitSet();
            for (List<Piece> branch : branches) {
                boolean fixed = !branch.isEmpty()
                        && branch.stream().allMatch(piece -> piece.min() == piece.max() && piece.choices() == 1);
                if (!fixed || branch.get(0).set().intersects(firsts)) {
                    return false;
                }
                firsts.or(branch.get(0).set());
            }
            return true;
        }
    }

    private TokenizerExpression(String text) {
        this.text = text;
    }

    /**
     * Checks an expression.
     *
     * @return whether the expression can match the empty text
     * @throws IllegalArgumentException naming the part that is not supported
     */
    static boolean check(String text) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("has more than " + LONGEST + " characters");
        }
        TokenizerExpression expression = new TokenizerExpression(text);
        Group whole = expression.group(0);
        if (expression.at < text.length()) {
            throw new IllegalArgumentException("closes a bracket that it has not opened");
        }
        return whole.isNullable();
    }

    private Group group(int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException("is nested more than " + DEEPEST + " levels deep");
        }
        List<List<Piece>> all = new ArrayList<>();
        do {
            if (++branches > MOST_BRANCHES) {
                throw new IllegalArgumentException("has more than " + MOST_BRANCHES + " alternatives");
            }
            List<Piece> branch = branch(depth);
            refuseBacktracking(branch);
            all.add(branch);
        } while (skip("|"));
        return new Group(all);
    }

    private List<Piece> branch(int depth) {
        List<Piece> pieces = new ArrayList<>();
        while (at < text.length() && !looking("|") && !looking(")")) {
            if (looking("(")) {
                bracket(pieces, depth);
            } else if (skip("^") || skip("$")) {
                pieces.add(assertion());
            } else if (looking("\\b") || looking("\\B") || looking("\\A") || looking("\\z") || looking("\\Z")) {
                at += 2;
                pieces.add(assertion());
            } else {
                pieces.add(repeated(set()));
            }
        }
        return pieces;
    }

    private static Piece assertion() {
        return new Piece(new BitSet(), 0, 0, false, 1, true, false);
    }

    private static Piece assertion(Group inside) {
        return new Piece(inside.set(), 0, inside.variesMuch() ? INFINITE : 0, false, 1, true, false);
    }

    private void bracket(List<Piece> pieces, int depth) {
        String open = "(";
        if (looking("(?")) {
            open = GROUPS.stream()
                    .filter(this::looking)
                    .findAny()
                    .orElseThrow(() -> new IllegalArgumentException("has " + start(4) + ", which is not supported"));
        }
        at += open.length();
        Group inside = group(depth + 1);
        if (!skip(")")) {
            throw new IllegalArgumentException("lacks a closing bracket");
        }
        if (open.equals("(?=") || open.equals("(?!")) {
            pieces.add(assertion(inside));
            return;
        }
        int begin = at;
        Quantifier times = quantifier();
        if (at == begin && inside.branches().size() == 1) {
            pieces.addAll(inside.branches().get(0)); // as if it had no brackets
        } else if (times.max() <= 1) {
            int min = inside.isNullable() ? 0 : times.min();
            pieces.add(new Piece(
                    inside.set(),
                    min,
                    inside.variesMuch() ? INFINITE : times.max(),
                    false,
                    inside.choices() + 1 - times.min(),
                    false,
                    inside.isAmbiguous()));
        } else if (inside.isFixed()) {
            pieces.add(new Piece(
                    inside.set(), times.min(), times.max(), times.possessive(), choices(times), false, false));
        } else {
            throw new IllegalArgumentException("repeats a group in which something is repeated or chosen");
        }
    }

    private record Quantifier(int min, int max, boolean possessive) {}

    /** Returns one character of a set, repeated as the quantifier behind it says. */
    private Piece repeated(BitSet set) {
        Quantifier times = quantifier();
        if (looking("+") || looking("*") || looking("?") || looksLikeInterval()) {
            throw new IllegalArgumentException("repeats a repetition at " + start(8));
        }
        return new Piece(set, times.min(), times.max(), times.possessive(), choices(times), false, false);
    }

    private static long choices(Quantifier times) {
        return times.max() == INFINITE || times.max() - times.min() > SMALL || times.possessive()
                ? 1
                : times.max() - (long) times.min() + 1;
    }

    private Quantifier quantifier() {
        int min = 1;
        int max = 1;
        boolean interval = false;
        if (skip("*")) {
            min = 0;
            max = INFINITE;
        } else if (skip("+")) {
            max = INFINITE;
        } else if (skip("?")) {
            min = 0;
        } else if (looksLikeInterval()) {
            int end = text.indexOf('}', at);
            String[] bounds = text.substring(at + 1, end).split(",", -1);
            at = end + 1;
            min = times(bounds[0], 0);
            max = bounds.length == 1 ? min : times(bounds[1], INFINITE);
            interval = true;
        } else {
            return new Quantifier(1, 1, false);
        }
        // Oniguruma reads a plus behind an interval as one more repetition.
        boolean possessive = !interval && skip("+");
        if (!possessive && !interval) {
            skip("?");
        }
        return new Quantifier(min, max, possessive);
    }

    private boolean looksLikeInterval() {
        int end = looking("{") ? text.indexOf('}', at) : -1;
        return end > at + 1
                && text.substring(at + 1, end).chars().allMatch(c -> (c >= '0' && c <= '9') || c == ',')
                && text.substring(at + 1, end).chars().filter(c -> c == ',').count() <= 1;
    }

    private static int times(String number, int otherwise) {
        if (number.isEmpty()) {
            return otherwise;
        }
        int times = number.length() > 4 ? INFINITE : Integer.parseInt(number);
        if (times > MOST_TIMES) {
            throw new IllegalArgumentException("repeats something more than " + MOST_TIMES + " times");
        }
        return times;
    }

    /** Reads a class, an escape, a dot or a literal character, and returns its characters. */
    private BitSet set() {
        int begin = at;
        if (looking("[")) {
            skipClass(0);
        } else if (looking("\\")) {
            skipEscape();
        } else {
            if ("*+?".indexOf(text.charAt(at)) >= 0) {
                throw new IllegalArgumentException("has a quantifier without anything before it");
            }
            at += Character.charCount(text.codePointAt(at));
        }
        String atom = text.substring(begin, at);
        if (atom.equals(".")) {
            return all();
        }
        if (atom.length() == 1 || (atom.length() == 2 && Character.isSurrogatePair(atom.charAt(0), atom.charAt(1)))) {
            return letter(atom.codePointAt(0));
        }
        BitSet members = known.computeIfAbsent(atom, TokenizerExpression::members);
        if (known.size() > MOST_CLASSES) {
            throw new IllegalArgumentException("has more than " + MOST_CLASSES + " classes of characters");
        }
        return members;
    }

    private static BitSet letter(int character) {
        BitSet set = new BitSet();
        set.set(character);
        set.set(Character.toLowerCase(character));
        set.set(Character.toUpperCase(character));
        return set;
    }

    private void skipClass(int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException("is nested more than " + DEEPEST + " levels deep");
        }
        at++;
        skip("^");
        boolean first = true;
        while (at < text.length() && (first || !looking("]"))) {
            first = false;
            if (looking("[:") && text.indexOf(":]", at) > 0) {
                at = text.indexOf(":]", at) + 2;
            } else if (looking("[")) {
                skipClass(depth + 1);
            } else if (looking("\\")) {
                skipEscape();
            } else {
                at++;
            }
        }
        if (!skip("]")) {
            throw new IllegalArgumentException("lacks the end of a class");
        }
    }

    private void skipEscape() {
        char escaped = at + 1 < text.length() ? text.charAt(at + 1) : 0;
        boolean punctuation = escaped > ' ' && escaped < 0x7F && !Character.isLetterOrDigit(escaped);
        if (escaped == 'p' || escaped == 'P') {
            int end = looking("\\p{") || looking("\\P{") ? text.indexOf('}', at) : -1;
            require(end > 0 && end - at < 64, at);
            at = end + 1;
        } else if (escaped == 'x' || escaped == 'u') {
            boolean braces = text.startsWith("{", at + 2);
            int end = braces ? text.indexOf('}', at) + 1 : at + (escaped == 'x' ? 4 : 6);
            require(end > at + 2 && end <= text.length(), at);
            String digits = text.substring(at + (braces ? 3 : 2), braces ? end - 1 : end);
            require(
                    !digits.isEmpty()
                            && digits.length() <= 8
                            && digits.chars().allMatch(c -> Character.digit(c, 16) >= 0),
                    at);
            at = end;
        } else if (punctuation
                || escaped == ' '
                || CLASS_ESCAPES.indexOf(escaped) >= 0
                || CONTROL_ESCAPES.indexOf(escaped) >= 0) {
            at += 2;
        } else {
            throw new IllegalArgumentException("has " + start(2) + ", which is not supported");
        }
    }

    private void require(boolean valid, int begin) {
        if (!valid) {
            throw new IllegalArgumentException(
                    "has " + text.substring(begin, Math.min(begin + 8, text.length())) + ", which is not supported");
        }
    }

    /** Returns the members of a class among sampled characters; all samples where Java cannot read the class. */
    private static BitSet members(String atom) {
        if (atom.length() > LONGEST_CLASS) {
            return all();
        }
        Pattern pattern;
        try {
            pattern = Pattern.compile(atom, Pattern.UNICODE_CHARACTER_CLASS | Pattern.CASE_INSENSITIVE);
        } catch (PatternSyntaxException e) {
            return all();
        }
        BitSet members = new BitSet();
        for (int range = 0; range < SAMPLED.length; range += 2) {
            for (int character = SAMPLED[range]; character < SAMPLED[range + 1]; character++) {
                boolean isCharacter = character < Character.MIN_SURROGATE || character > Character.MAX_SURROGATE;
                if (isCharacter
                        && pattern.matcher(Character.toString(character)).matches()) {
                    members.set(character);
                }
            }
        }
        return members.isEmpty() ? all() : members;
    }

    private static BitSet all() {
        BitSet all = new BitSet();
        for (int range = 0; range < SAMPLED.length; range += 2) {
            all.set(SAMPLED[range], SAMPLED[range + 1]);
        }
        return all;
    }

    /**
     * Refuses a branch in which the library could try more ways than the text has characters, or many optional parts.
     */
    private static void refuseBacktracking(List<Piece> branch) {
        long choices = 1;
        for (int i = 0; i < branch.size(); i++) {
            Piece piece = branch.get(i);
            choices *= piece.choices();
            long most = branch.stream().anyMatch(Piece::variesMuch) ? MOST_CHOICES_OF_EACH : MOST_CHOICES;
            if (choices > most) {
                throw new IllegalArgumentException("has too many optional parts in one alternative");
            }
            boolean canFail = branch.subList(i + 1, branch.size()).stream().anyMatch(rest -> !rest.isNullable());
            if (piece.ambiguous() && canFail) {
                throw new IllegalArgumentException(
                        "repeats characters twice in a group, and the part behind the group may not match");
            }
            if (piece.variesMuch() && !piece.possessive() && !piece.zeroWidth()) {
                refuseSecond(branch, i);
            }
        }
    }

    private static void refuseSecond(List<Piece> branch, int first) {
        for (int i = first + 1; i < branch.size(); i++) {
            Piece piece = branch.get(i);
            if (!branch.get(first).overlaps(piece) && !piece.isNullable() && !piece.zeroWidth()) {
                return; // the first repetition ends at this piece
            }
            boolean again = piece.variesMuch()
                    && (piece.zeroWidth() || branch.get(first).overlaps(piece));
            boolean canFail = branch.subList(i + 1, branch.size()).stream().anyMatch(rest -> !rest.isNullable());
            if (again && (canFail || piece.zeroWidth())) {
                throw new IllegalArgumentException(
                        "repeats the same characters twice, and the part behind them may not match");
            }
        }
    }

    private boolean looking(String part) {
        return text.startsWith(part, at);
    }

    private boolean skip(String part) {
        boolean there = looking(part);
        at += there ? part.length() : 0;
        return there;
    }

    private String start(int length) {
        return text.substring(at, Math.min(text.length(), at + length));
    }
}
