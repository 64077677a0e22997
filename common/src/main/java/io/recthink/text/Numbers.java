package io.recthink.text;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's numbers: {@code int} within 64 bits, {@code float}, and {@code bool} as 0 and 1. */
final class Numbers {
    private static final Pattern DECIMAL = Pattern.compile("[+-]?[\\d_]*\\.?[\\d_]*(?:[eE][+-]?[\\d_]+)?");
    private static final Pattern NAMED = Pattern.compile("(?i)([+-]?)(inf|infinity|nan)");

    private Numbers() {}

    static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    static boolean isWhole(Object value) {
        return value instanceof Long || value instanceof Boolean;
    }

    static long whole(Object value) {
        return value instanceof Boolean truth ? (truth ? 1 : 0) : (Long) value;
    }

    static double real(Object value) {
        return value instanceof Double number ? number : whole(value);
    }

    static TemplateException tooLarge() {
        return new TemplateException("a whole number beyond 64 bits is not supported");
    }

    /** Compares exactly. The caller must handle NaN. */
    static int compare(Object left, Object right) {
        if (isWhole(left) && isWhole(right)) {
            return Long.compare(whole(left), whole(right));
        }
        double a = real(left);
        double b = real(right);
        if (Double.isInfinite(a) || Double.isInfinite(b) || (left instanceof Double && right instanceof Double)) {
            return a < b ? -1 : a > b ? 1 : 0;
        }
        return exact(left).compareTo(exact(right));
    }

    private static BigDecimal exact(Object value) {
        return value instanceof Double number ? new BigDecimal(number) : BigDecimal.valueOf(whole(value));
    }

    static boolean isNaN(Object value) {
        return value instanceof Double number && number.isNaN();
    }

    /** {@code repr} of a float: the fewest digits that read back as the same number. */
    static String shown(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        } else if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        } else if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = shortest(number).stripTrailingZeros();
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            return shortest.setScale(Math.max(1, shortest.scale()), RoundingMode.UNNECESSARY)
                    .toPlainString();
        }
        String digits = shortest.unscaledValue().abs().toString();
        return (number < 0 ? "-" : "")
                + digits.charAt(0)
                + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + (exponent < 0 ? "e-" : "e+")
                + (Math.abs(exponent) < 10 ? "0" : "")
                + Math.abs(exponent);
    }

    private static BigDecimal shortest(double number) {
        BigDecimal exact = new BigDecimal(number);
        for (int digits = 1; digits < 17; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == number) {
                return rounded;
            }
        }
        return exact.round(new MathContext(17, RoundingMode.HALF_EVEN));
    }

    /** {@code int(text, base)}; null when the text is not a whole number. */
    static Long parseWhole(String text, long base) {
        if (base != 0 && (base < 2 || base > 36)) {
            return null;
        }
        String stripped = Texts.strip(text, null, true, true);
        boolean negative = stripped.startsWith("-");
        String digits = negative || stripped.startsWith("+") ? stripped.substring(1) : stripped;
        int radix = (int) base;
        int prefix = prefix(digits);
        if (prefix != 0 && (base == prefix || base == 0)) {
            radix = prefix;
            digits = digits.substring(digits.startsWith("_", 2) ? 3 : 2);
        } else if (base == 0) {
            radix = 10;
            if (digits.matches("0[0_]*[1-9].*")) {
                return null;
            }
        }
        return digits(digits, radix, negative);
    }

    /** Whether an underscore is not between two digits. */
    private static boolean hasMisplacedUnderscore(String number) {
        return ("." + number + ".").matches(".*(?:_\\D|\\D_).*");
    }

    private static int prefix(String digits) {
        String prefix = Texts.lower(digits.substring(0, Math.min(2, digits.length())));
        return switch (prefix) {
            case "0x" -> 16;
            case "0o" -> 8;
            case "0b" -> 2;
            default -> 0;
        };
    }

    private static Long digits(String digits, int radix, boolean negative) {
        boolean misplaced = digits.isEmpty() || digits.startsWith("_") || digits.endsWith("_") || digits.contains("__");
        String plain = digits.replace("_", "");
        if (misplaced || !plain.chars().allMatch(digit -> Character.digit(digit, radix) >= 0)) {
            return null;
        }
        if (plain.length() > 4300) {
            throw tooLarge();
        }
        BigInteger value = new BigInteger(plain, radix);
        return whole(negative ? value.negate() : value);
    }

    static long whole(BigInteger value) {
        if (value.bitLength() > 63) {
            throw tooLarge();
        }
        return value.longValue();
    }

    /** {@code int(number)}. */
    static long truncated(double number) {
        if (!Double.isFinite(number)) {
            throw new TemplateException("cannot convert " + shown(number) + " to a whole number");
        }
        return whole(new BigDecimal(number).toBigInteger());
    }

    /** {@code float(text)}; null when the text is not a number. */
    static Double parseReal(String text) {
        String stripped = Texts.strip(text, null, true, true);
        Matcher named = NAMED.matcher(stripped);
        if (named.matches()) {
            double value = named.group(2).equalsIgnoreCase("nan") ? Double.NaN : Double.POSITIVE_INFINITY;
            return named.group(1).equals("-") ? -value : value;
        }
        if (!DECIMAL.matcher(stripped).matches()
                || !stripped.matches("[+-]?\\.?\\d.*")
                || hasMisplacedUnderscore(stripped)) {
            return null;
        }
        return Double.valueOf(stripped.replace("_", ""));
    }

    /** {@code round(number, digits)}: rounds the exact value, half to even. */
    static Object rounded(Object value, long digits) {
        if (isWhole(value)) {
            return digits >= 0 ? whole(value) : roundedWhole(whole(value), digits);
        }
        double number = (Double) value;
        if (!Double.isFinite(number) || number == 0 || digits > 323) {
            return number;
        }
        if (digits < -308) {
            return Math.copySign(0.0, number);
        }
        double rounded = new BigDecimal(number)
                .setScale((int) digits, RoundingMode.HALF_EVEN)
                .doubleValue();
        if (Double.isInfinite(rounded)) {
            throw new TemplateException("rounded value too large to represent");
        }
        return rounded == 0 ? Math.copySign(0.0, number) : rounded;
    }

    private static long roundedWhole(long value, long digits) {
        if (digits < -19) {
            return 0;
        }
        BigDecimal rounded = BigDecimal.valueOf(value).setScale((int) digits, RoundingMode.HALF_EVEN);
        return whole(rounded.toBigIntegerExact());
    }
}
