package io.recthink.text;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The layout of one formatted value: {@code [[fill]align][sign][0][width][,][.precision][type]}.
 *
 * @param align one of {@code <>^=}, or 0 for the default of the type
 * @param width the minimum width in code points; the text is never cut to it
 * @param precision the digits after the point, or the maximum number of characters of a string; -1 for none
 */
record NumberFormat(String fill, char align, char sign, int width, boolean grouped, int precision, char type) {
    /** The largest width and precision, more than any prompt needs. */
    static final int MOST = 10_000;

    String number(Budget budget, Object value) {
        String digits = digits(value);
        boolean negative = digits.startsWith("-");
        String plain = negative ? digits.substring(1) : digits;
        String prefix = negative ? "-" : sign == '+' || sign == ' ' ? String.valueOf(sign) : "";
        char side = align == 0 ? '>' : align;
        if (side == '=') {
            if (grouped) {
                throw new TemplateException("zeros before digits in groups are not supported");
            }
            return prefix + padding(budget, prefix.length() + plain.length()) + plain;
        }
        return padded(budget, prefix + plain, side);
    }

    String text(Budget budget, String text) {
        long length = Texts.length(text);
        String cut =
                precision >= 0 && precision < length ? text.substring(0, text.offsetByCodePoints(0, precision)) : text;
        if (align == '=') {
            throw new TemplateException("alignment = is for numbers");
        }
        return padded(budget, cut, align == 0 ? '<' : align);
    }

    private String digits(Object value) {
        return switch (type) {
            case 'd' -> grouped(Long.toString(Values.integer("format d", value)), 0);
            case 'x' -> Long.toString(Values.integer("format x", value), 16);
            case 'X' -> Texts.upper(Long.toString(Values.integer("format X", value), 16));
            case 'o' -> Long.toString(Values.integer("format o", value), 8);
            case 'b' -> Long.toString(Values.integer("format b", value), 2);
            case 'f', 'F' -> fixed(Numbers.real(value), precision < 0 ? 6 : precision, "");
            case '%' -> fixed(Numbers.real(value) * 100, precision < 0 ? 6 : precision, "%");
            default -> throw new TemplateException("format " + type + " is not supported");
        };
    }

    private String fixed(double number, int decimals, String unit) {
        if (!Double.isFinite(number)) {
            return Numbers.shown(number) + unit;
        }
        String digits = new BigDecimal(number)
                .setScale(decimals, RoundingMode.HALF_EVEN)
                .toPlainString();
        String signed = 1 / number < 0 && !digits.startsWith("-") ? "-" + digits : digits;
        return grouped(signed, decimals == 0 ? 0 : decimals + 1) + unit;
    }

    private String grouped(String digits, int after) {
        if (!grouped) {
            return digits;
        }
        int begin = digits.startsWith("-") ? 1 : 0;
        StringBuilder result = new StringBuilder(digits);
        for (int i = digits.length() - after - 3; i > begin; i -= 3) {
            result.insert(i, ',');
        }
        return result.toString();
    }

    private String padded(Budget budget, String text, char side) {
        String padding = padding(budget, Texts.length(text));
        if (side == '^') {
            int left = padding.offsetByCodePoints(0, (int) Texts.length(padding) / 2);
            return padding.substring(0, left) + text + padding.substring(left);
        }
        return side == '<' ? text + padding : padding + text;
    }

    private String padding(Budget budget, long length) {
        return Texts.repeat(budget, fill, width - length);
    }
}
