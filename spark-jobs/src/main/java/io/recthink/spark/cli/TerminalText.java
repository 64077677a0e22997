package io.recthink.spark.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes a control character as a backslash, {@code u} and four hexadecimal digits. Otherwise a review, a column name
 * or a path could move the cursor of a terminal, change its title or overwrite earlier lines. Line ends and tabs pass
 * unchanged. The start of recthink's progress line passes unchanged too: it returns to the start of the line and erases
 * the line.
 */
final class TerminalText extends FilterOutputStream {
    private static final byte[] ERASE = "\r\033[K".getBytes(StandardCharsets.US_ASCII);
    private static final int NONE = -1;
    private static final int C1_PREFIX = 0xC2; // U+0080 to U+009F in UTF-8

    /** A carriage return or the first byte of a C1 character, until the next byte is known; or {@link #NONE}. */
    private int held = NONE;

    TerminalText(OutputStream out) {
        super(out);
    }

    /** Filters standard output and standard error from now on. */
    static void install() {
        System.setOut(filtered(System.out));
        System.setErr(filtered(System.err));
    }

    private static PrintStream filtered(PrintStream stream) {
        Charset ours = Charset.forName(System.getProperty(
                "sun.stdout.encoding", Charset.defaultCharset().name()));
        return new PrintStream(new TerminalText(stream), true, ours);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        int from = 0;
        if (held == NONE
                && length >= ERASE.length
                && Arrays.equals(bytes, offset, offset + ERASE.length, ERASE, 0, ERASE.length)) {
            out.write(ERASE);
            from = ERASE.length;
        }
        for (int i = from; i < length; i++) {
            write(bytes[offset + i]);
        }
    }

    @Override
    public synchronized void write(int value) throws IOException {
        int next = value & 0xFF;
        int before = held;
        held = NONE;
        if (before == C1_PREFIX && next >= 0x80 && next <= 0x9F) {
            show(next);
            return;
        }
        if (before == '\r' && next != '\n') {
            show(before);
        } else if (before != NONE) {
            out.write(before);
        }
        if (before == C1_PREFIX && next >= 0xA0 && next <= 0xBF) {
            out.write(next);
        } else if (next == '\r' || next == C1_PREFIX) {
            held = next;
        } else if ((next < 0x20 && next != '\n' && next != '\t') || next == 0x7F) {
            show(next);
        } else {
            out.write(next);
        }
    }

    @Override
    public synchronized void flush() throws IOException {
        if (held == C1_PREFIX) {
            out.write(held); // not a C1 character: the text has another encoding
            held = NONE;
        }
        out.flush();
    }

    private void show(int value) throws IOException {
        out.write("\\u%04x".formatted(value & 0xFF).getBytes(StandardCharsets.US_ASCII));
    }
}
