package io.recthink.spark.page;

/**
 * The area where a plot draws its marks. Coordinates are percent of the width and height, from the upper left corner.
 */
interface Field {
    /**
     * Draws a line, equally thin at any width of the field.
     *
     * @param kind its classes in the style sheet
     * @param title the text that the pointer shows; may be empty
     */
    void line(String kind, double x1, double y1, double x2, double y2, String title);

    /**
     * Draws a dot, round at any width of the field.
     *
     * @param colour index of a series colour, from 0
     * @param title the text that the pointer shows; may be empty
     */
    void dot(int colour, double x, double y, String title);

    /**
     * Draws a rectangle without a border.
     *
     * @param fill the part of a class name after {@code fill-}
     * @param title the text that the pointer shows
     */
    void rectangle(String fill, double x, double y, double width, double height, String title);
}
