package io.recthink.text;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/** Python's arithmetic operators. A result beyond 64 bits is an error. */
final class Arithmetic {
    private static final long EXACT_IN_FLOAT = 1L << 53;

    private Arithmetic() {}

    static Object apply(Budget budget, String operator, Object left, Object right) {
        try {
            return switch (operator) {
                case "+" -> add(budget, left, right);
                case "-" -> subtract(left, right);
                case "*" -> multiply(budget, left, right);
                case "/" -> divide(left, right);
                case "//" -> floorDivide(left, right);
                case "%" -> remainder(budget, left, right);
                case "**" -> power(left, right);
                default -> throw new IllegalArgumentException(operator);
            };
        } catch (ArithmeticException e) {
            throw Numbers.tooLarge();
        }
    }

    static Object negate(Object value) {
        if (Numbers.isWhole(value)) {
            if (Numbers.whole(value) == Long.MIN_VALUE) {
                throw Numbers.tooLarge();
            }
            return -Numbers.whole(value);
        }
        numbers("-", value, value);
        return -Numbers.real(value);
    }

    static Object plus(Object value) {
        numbers("+", value, value);
        return value instanceof Boolean ? Numbers.whole(value) : value;
    }

    private static Object add(Budget budget, Object left, Object right) {
        if (left instanceof String a && right instanceof String b) {
            budget.characters((long) a.length() + b.length());
            return a + b;
        } else if (left instanceof Markup || right instanceof Markup) {
            return addMarkup(budget, left, right);
        } else if (left instanceof List<?> a && right instanceof List<?> b) {
            return concatenated(budget, a, b);
        } else if (left instanceof Tuple a && right instanceof Tuple b) {
            return new Tuple(concatenated(budget, a.elements(), b.elements()));
        } else if (bothWhole(left, right)) {
            return Math.addExact(Numbers.whole(left), Numbers.whole(right));
        }
        numbers("+", left, right);
        return Numbers.real(left) + Numbers.real(right);
    }

    private static Markup addMarkup(Budget budget, Object left, Object right) {
        String a = escaped(left);
        String b = escaped(right);
        budget.characters((long) a.length() + b.length());
        return new Markup(a + b);
    }

    private static String escaped(Object value) {
        return value instanceof Markup markup
                ? markup.text()
                : Markup.escape(Values.text("+", value)).text();
    }

    private static List<Object> concatenated(Budget budget, List<?> left, List<?> right) {
        budget.elements((long) left.size() + right.size());
        List<Object> result = new ArrayList<>(left.size() + right.size());
        result.addAll(left);
        result.addAll(right);
        return result;
    }

    private static Object subtract(Object left, Object right) {
        if (bothWhole(left, right)) {
            return Math.subtractExact(Numbers.whole(left), Numbers.whole(right));
        }
        numbers("-", left, right);
        return Numbers.real(left) - Numbers.real(right);
    }

    private static Object multiply(Budget budget, Object left, Object right) {
        if (bothWhole(left, right)) {
            return Math.multiplyExact(Numbers.whole(left), Numbers.whole(right));
        } else if (Numbers.isWhole(right) && !Numbers.isNumber(left)) {
            return repeat(budget, left, Numbers.whole(right));
        } else if (Numbers.isWhole(left) && !Numbers.isNumber(right)) {
            return repeat(budget, right, Numbers.whole(left));
        }
        numbers("*", left, right);
        return Numbers.real(left) * Numbers.real(right);
    }

    private static Object repeat(Budget budget, Object value, long times) {
        if (value instanceof String text) {
            return Texts.repeat(budget, text, times);
        } else if (value instanceof Markup markup) {
            return new Markup(Texts.repeat(budget, markup.text(), times));
        }
        List<Object> elements = value instanceof Range ? null : Values.sequenceOrNull(value);
        if (elements == null) {
            throw mismatch("*", value, times);
        }
        long rounds = elements.isEmpty() ? 0 : Math.max(0, times);
        budget.elements(rounds > Budget.CHARACTERS ? Budget.CHARACTERS : rounds * elements.size());
        List<Object> result = new ArrayList<>();
        for (long i = 0; i < rounds; i++) {
            result.addAll(elements);
        }
        return value instanceof Tuple ? new Tuple(result) : result;
    }

    private static Object divide(Object left, Object right) {
        numbers("/", left, right);
        refuseZero(right);
        if (bothWhole(left, right) && !(isExact(left) && isExact(right))) {
            return BigDecimal.valueOf(Numbers.whole(left))
                    .divide(BigDecimal.valueOf(Numbers.whole(right)), new MathContext(60))
                    .doubleValue();
        }
        return Numbers.real(left) / Numbers.real(right);
    }

    private static boolean isExact(Object value) {
        return Math.abs(Numbers.whole(value)) <= EXACT_IN_FLOAT && Numbers.whole(value) != Long.MIN_VALUE;
    }

    private static Object floorDivide(Object left, Object right) {
        numbers("//", left, right);
        refuseZero(right);
        if (bothWhole(left, right)) {
            if (Numbers.whole(left) == Long.MIN_VALUE && Numbers.whole(right) == -1) {
                throw Numbers.tooLarge();
            }
            return Math.floorDiv(Numbers.whole(left), Numbers.whole(right));
        }
        double a = Numbers.real(left);
        double b = Numbers.real(right);
        double quotient = (a - remainder(a, b)) / b;
        double floor = Math.floor(quotient);
        double result = quotient - floor > 0.5 ? floor + 1 : floor;
        return result == 0 ? Math.copySign(0.0, a / b) : result;
    }

    private static Object remainder(Budget budget, Object left, Object right) {
        if (left instanceof String format) {
            return PercentFormat.format(budget, format, right);
        }
        numbers("%", left, right);
        refuseZero(right);
        return bothWhole(left, right)
                ? (Object) Math.floorMod(Numbers.whole(left), Numbers.whole(right))
                : (Object) remainder(Numbers.real(left), Numbers.real(right));
    }

    /** The remainder with the sign of the divisor, as in Python. */
    private static double remainder(double left, double right) {
        double remainder = left % right;
        if (remainder == 0) {
            return Math.copySign(0.0, right);
        }
        return remainder < 0 != right < 0 ? remainder + right : remainder;
    }

    private static Object power(Object left, Object right) {
        numbers("**", left, right);
        if (bothWhole(left, right) && Numbers.whole(right) >= 0) {
            return wholePower(Numbers.whole(left), Numbers.whole(right));
        }
        double base = Numbers.real(left);
        double exponent = Numbers.real(right);
        if (base == 0 && exponent < 0) {
            throw new TemplateException("0 cannot be raised to a negative power");
        }
        double result = Math.pow(base, exponent);
        boolean finite = Double.isFinite(base) && Double.isFinite(exponent);
        if (finite && Double.isNaN(result)) {
            throw new TemplateException("complex numbers are not supported");
        } else if (finite && Double.isInfinite(result)) {
            throw new TemplateException("the result of ** is too large");
        }
        return result;
    }

    private static Object wholePower(long base, long exponent) {
        if (base >= -1 && base <= 1) {
            return exponent == 0 ? 1L : base < 0 && exponent % 2 == 0 ? 1L : base;
        } else if (exponent > 63) {
            throw Numbers.tooLarge();
        }
        return Numbers.whole(BigInteger.valueOf(base).pow((int) exponent));
    }

    private static void refuseZero(Object divisor) {
        if (Numbers.real(divisor) == 0) {
            throw new TemplateException("division by zero");
        }
    }

    private static boolean bothWhole(Object left, Object right) {
        return Numbers.isWhole(left) && Numbers.isWhole(right);
    }

    private static void numbers(String operator, Object left, Object right) {
        if (!Numbers.isNumber(left) || !Numbers.isNumber(right)) {
            throw mismatch(operator, left, right);
        }
    }

    private static TemplateException mismatch(String operator, Object left, Object right) {
        Values.refuseUndefined(left);
        Values.refuseUndefined(right);
        return new TemplateException(
                "operator " + operator + " is not defined for a " + Values.type(left) + " and a " + Values.type(right));
    }
}
