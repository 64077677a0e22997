package io.recthink.text;

import io.recthink.text.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a template into tokens by the rules of Jinja's lexer with {@code trim_blocks} and {@code lstrip_blocks}. The
 * line end after a block tag belongs to the tag. Blanks before a block tag at the begin of a line belong to the tag
 * too.
 */
final class Lexer {
    private static final Pattern TAG = Pattern.compile("\\{([{%#])([-+]?)");
    private static final Pattern RAW = Pattern.compile("\\{%[-+]?\\p{IsWhite_Space}*raw\\p{IsWhite_Space}*(-?)%}");
    private static final Pattern END_RAW =
            Pattern.compile("\\{%([-+]?)\\p{IsWhite_Space}*endraw\\p{IsWhite_Space}*([-+]?)%}");
    private static final Pattern END_COMMENT = Pattern.compile("([-+]?)#}");
    // The parser checks underscores: a repeated group would need a stack frame per digit.
    private static final Pattern FLOAT =
            Pattern.compile("(?<!\\.)[0-9][0-9_]*(?:(?:\\.[0-9][0-9_]*)?[eE][+-]?[0-9][0-9_]*|\\.[0-9][0-9_]*)");
    private static final Pattern INTEGER =
            Pattern.compile("0[bB][01_]+|0[oO][0-7_]+|0[xX][0-9a-fA-F_]+|[1-9][0-9_]*|0[0_]*");
    private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*");
    private static final Pattern OPERATOR = Pattern.compile("//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}><=.:|,;]");

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;
    private boolean lineStarting = true;

    private Lexer(String text) {
        this.text = text;
    }

    /** The tokens of a template; the last one is {@link Kind#END}. */
    static List<Token> tokens(String template) {
        String text = template.replace("\r\n", "\n").replace('\r', '\n');
        Lexer lexer = new Lexer(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
        try {
            lexer.run();
        } catch (TemplateException e) {
            throw new LocatedException(lexer.line, e.getMessage());
        }
        return lexer.tokens;
    }

    private void run() {
        Matcher tag = TAG.matcher(text);
        while (tag.find(position)) {
            boolean block = tag.group(1).equals("%");
            data(
                    text.substring(position, tag.start()),
                    tag.group(2),
                    !tag.group(1).equals("{"));
            Matcher raw = RAW.matcher(text).region(tag.start(), text.length());
            if (block && raw.lookingAt()) {
                raw(raw);
            } else if (tag.group(1).equals("#")) {
                comment(tag.end());
            } else {
                moveTo(tag.end());
                add(block ? Kind.BLOCK_BEGIN : Kind.VARIABLE_BEGIN, tag.group());
                code(block);
            }
        }
        add(Kind.DATA, text.substring(position));
        moveTo(text.length());
        add(Kind.END, "");
    }

    /** Adds the text before a tag, without the part that belongs to the tag. */
    private void data(String data, String sign, boolean stripsLine) {
        int end = data.length();
        if (sign.equals("-")) {
            end = Texts.endWithoutSpace(data);
        } else if (sign.isEmpty() && stripsLine) {
            int begin = data.lastIndexOf('\n') + 1;
            boolean blank = begin < end && Texts.isSpace(data.substring(begin));
            end = blank && (begin > 0 || lineStarting) ? begin : end;
        }
        add(Kind.DATA, data.substring(0, end));
        moveTo(position + data.length());
    }

    private void raw(Matcher begin) {
        moveTo(begin.end());
        skipSpace(begin.group(1).equals("-"));
        Matcher end = END_RAW.matcher(text);
        if (!end.find(position)) {
            throw new TemplateException("the raw block has no end");
        }
        data(text.substring(position, end.start()), end.group(1), true);
        moveTo(end.end());
        endOfTag(end.group(2));
    }

    private void comment(int begin) {
        Matcher end = END_COMMENT.matcher(text);
        if (!end.find(begin)) {
            throw new TemplateException("the comment has no end");
        }
        moveTo(end.end());
        endOfTag(end.group(1));
    }

    /** Skips the line end after a block tag, raw tag or comment; with a minus it skips all space. */
    private void endOfTag(String sign) {
        if (sign.isEmpty() && position < text.length() && text.charAt(position) == '\n') {
            moveTo(position + 1);
        }
        skipSpace(sign.equals("-"));
    }

    private void skipSpace(boolean all) {
        int end = position;
        while (all && end < text.length() && Texts.isSpace(text.charAt(end))) {
            end++;
        }
        moveTo(end);
    }

    private void code(boolean block) {
        Deque<Character> brackets = new ArrayDeque<>();
        String close = block ? "%}" : "}}";
        while (true) {
            skipSpace(true);
            if (position >= text.length()) {
                throw new TemplateException("a tag has no end");
            }
            String sign = text.startsWith("-" + close, position) ? "-" : block && at("+" + close) ? "+" : "";
            if (brackets.isEmpty() && (!sign.isEmpty() || at(close))) {
                add(block ? Kind.BLOCK_END : Kind.VARIABLE_END, close);
                moveTo(position + sign.length() + close.length());
                endOfCode(block, sign);
                return;
            }
            word(brackets);
        }
    }

    private void endOfCode(boolean block, String sign) {
        if (block) {
            endOfTag(sign);
        } else {
            skipSpace(sign.equals("-"));
        }
    }

    private boolean at(String part) {
        return text.startsWith(part, position);
    }

    private void word(Deque<Character> brackets) {
        char first = text.charAt(position);
        if (first == '\'' || first == '"') {
            string(first);
        } else if (!take(FLOAT, Kind.FLOAT)
                && !take(INTEGER, Kind.INTEGER)
                && !take(NAME, Kind.NAME)
                && !take(OPERATOR, Kind.OPERATOR)) {
            throw new TemplateException(
                    "unexpected character '" + Character.toString(text.codePointAt(position)) + "'");
        } else if (tokens.get(tokens.size() - 1).is(Kind.OPERATOR)) {
            balance(first, brackets);
        }
    }

    private static void balance(char bracket, Deque<Character> brackets) {
        switch (bracket) {
            case '(' -> brackets.push(')');
            case '[' -> brackets.push(']');
            case '{' -> brackets.push('}');
            case ')', ']', '}' -> {
                if (brackets.isEmpty() || brackets.pop() != bracket) {
                    throw new TemplateException("unexpected '" + bracket + "'");
                }
            }
            default -> {}
        }
    }

    private boolean take(Pattern pattern, Kind kind) {
        Matcher matcher = pattern.matcher(text).region(position, text.length()).useTransparentBounds(true);
        if (!matcher.lookingAt()) {
            return false;
        }
        add(kind, matcher.group());
        moveTo(matcher.end());
        return true;
    }

    private void string(char quote) {
        int end = position + 1;
        while (end < text.length() && text.charAt(end) != quote) {
            end += text.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= text.length()) {
            throw new TemplateException("a string has no end");
        }
        add(Kind.STRING, StringLiteral.decode(text.substring(position + 1, end)));
        moveTo(end + 1);
    }

    private void add(Kind kind, String value) {
        if (kind != Kind.DATA || !value.isEmpty()) {
            tokens.add(new Token(kind, value, line));
        }
    }

    private void moveTo(int end) {
        for (int i = position; i < end; i++) {
            line += text.charAt(i) == '\n' ? 1 : 0;
        }
        lineStarting = end > position ? text.charAt(end - 1) == '\n' : lineStarting;
        position = end;
    }
}
