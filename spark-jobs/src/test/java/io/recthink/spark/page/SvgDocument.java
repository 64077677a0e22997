package io.recthink.spark.page;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** A picture, read again by a parser that knows nothing of who wrote it. */
public final class SvgDocument {
    private static final String NAMESPACE = "http://www.w3.org/2000/svg";

    private final Element root;

    private SvgDocument(Element root) {
        this.root = root;
    }

    /**
     * Reads a picture.
     *
     * @throws IllegalArgumentException when it is not well-formed XML, or has a document type
     */
    public static SvgDocument parse(String svg) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return new SvgDocument(factory.newDocumentBuilder()
                    .parse(new InputSource(new StringReader(svg)))
                    .getDocumentElement());
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new IllegalArgumentException(svg, e);
        }
    }

    public Element root() {
        return root;
    }

    /** Elements of a name, of which one class is given, in the order of the document. */
    public List<Element> all(String name, String kind) {
        return all(name).stream().filter(hasClass(kind)).toList();
    }

    public List<Element> all(String name) {
        NodeList found = root.getElementsByTagNameNS(NAMESPACE, name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private static Predicate<Element> hasClass(String kind) {
        return element ->
                Arrays.asList(element.getAttribute("class").split(" ")).contains(kind);
    }

    /** What a reader sees written, from top to bottom and from left to right. */
    public List<String> texts() {
        return all("text").stream()
                .sorted(Comparator.comparingDouble((Element text) -> number(text, "y"))
                        .thenComparingDouble(text -> number(text, "x")))
                .map(text -> text.getFirstChild().getNodeValue())
                .toList();
    }

    /** The first text that reads so. */
    public Element text(String label) {
        return text(label, text -> true);
    }

    private Element text(String label, Predicate<Element> where) {
        return all("text").stream()
                .filter(where)
                .filter(text -> text.getFirstChild().getNodeValue().equals(label))
                .findFirst()
                .orElseThrow(() -> new AssertionError(label + " is not in " + texts()));
    }

    /** Where a number lies across, as a reader would measure it between two labels of the scale below. */
    public double across(double value, String one, String other) {
        return between(value, one, other, "middle", "x");
    }

    /** Where a number lies upright, as a reader would measure it between the base lines of two labels on the left. */
    public double upright(double value, String one, String other) {
        return between(value, one, other, "end", "y");
    }

    private double between(double value, String one, String other, String anchor, String axis) {
        Predicate<Element> where = text -> text.getAttribute("text-anchor").equals(anchor);
        double first = Double.parseDouble(one);
        double second = Double.parseDouble(other);
        double from = number(text(one, where), axis);
        double to = number(text(other, where), axis);
        return from + (value - first) / (second - first) * (to - from);
    }

    public static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }
}
