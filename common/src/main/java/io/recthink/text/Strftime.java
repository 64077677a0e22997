package io.recthink.text;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** C's {@code strftime} in English, for the first second of a day. */
final class Strftime {
    private Strftime() {}

    static String format(LocalDate day, String format) {
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char character = format.charAt(i);
            if (character != '%' || i + 1 == format.length()) {
                result.append(character);
                continue;
            }
            boolean plain = format.charAt(i + 1) == '-' && i + 2 < format.length();
            i += plain ? 2 : 1;
            String part = part(day, format.charAt(i));
            result.append(plain ? part.replaceFirst("^0(?=\\d)", "") : part);
        }
        return result.toString();
    }

    private static String part(LocalDate day, char letter) {
        return switch (letter) {
            case 'Y' -> pattern(day, "uuuu");
            case 'y' -> pattern(day, "uu");
            case 'm' -> pattern(day, "MM");
            case 'd' -> pattern(day, "dd");
            case 'e' -> "%2d".formatted(day.getDayOfMonth());
            case 'B' -> pattern(day, "MMMM");
            case 'b', 'h' -> pattern(day, "MMM");
            case 'A' -> pattern(day, "EEEE");
            case 'a' -> pattern(day, "EEE");
            case 'j' -> pattern(day, "DDD");
            case 'u' -> Integer.toString(day.getDayOfWeek().getValue());
            case 'w' -> Integer.toString(day.getDayOfWeek().getValue() % 7);
            case 'F' -> pattern(day, "uuuu-MM-dd");
            case 'D', 'x' -> pattern(day, "MM/dd/uu");
            case 'H', 'M', 'S' -> "00";
            case 'I' -> "12";
            case 'p' -> "AM";
            case 'f' -> "000000";
            case 'T', 'X' -> "00:00:00";
            case 'R' -> "00:00";
            case 'c' -> pattern(day, "EEE MMM ") + part(day, 'e') + " 00:00:00 " + day.getYear();
            case 'Z', 'z' -> "";
            case '%' -> "%";
            default -> throw new TemplateException("strftime_now: %" + letter + " is not supported");
        };
    }

    private static String pattern(LocalDate day, String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(day);
    }
}
