package io.recthink.spark.page;

/** Where a plot draws its marks. Coordinates are percent of the width and height, from the upper left corner. */
interface Field {
    /**
     * A line as thin on a wide field as on a narrow one.
     *
     * @param kind its classes in the style sheet
     * @param title what a pointer over it shows; may be empty
     */
    void line(String kind, double x1, double y1, double x2, double y2, String title);

    /**
     * A dot that is round however wide the field is.
     *
     * @param colour index of a series colour, from 0
     * @param title what a pointer over it shows; may be empty
     */
    void dot(int colour, double x, double y, String title);

    /**
     * A rectangle without a border.
     *
     * @param fill the part of a class name behind {@code fill-}
     * @param title what a pointer over it shows
     */
    void rectangle(String fill, double x, double y, double width, double height, String title);
}
