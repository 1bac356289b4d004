package io.mdevmigration.e2e.bench;

import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How figures grow with a size of the fleet.
 *
 * @param what the size is, such as "nodes"
 * @param runs what was measured, by size; two sizes at least
 */
record Growth(String what, TreeMap<Integer, Figures> runs) {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 360;
  private static final int LEFT = 60;
  private static final int BOTTOM = 50;
  private static final int LEGEND = 20;
  private static final List<String> COLOURS = List.of("#555555", "#1f77b4", "#d62728", "#2ca02c");

  /** The figures that are shown, if every run has them. */
  private static final List<String> FIGURES =
      List.of("floorSeconds", "askToLabelSeconds", "fromNothingSeconds", "operatorReadySeconds");

  private List<String> shown() {
    return FIGURES.stream()
        .filter(figure -> runs.values().stream().allMatch(run -> run.has(figure)))
        .toList();
  }

  /**
   * The exponent e of the power law size^e that comes nearest to what was measured: the slope of
   * the straight line through the logarithms with the least squares.
   */
  double exponent(String figure) {
    double meanX = runs.keySet().stream().mapToDouble(Math::log).average().orElseThrow();
    double meanY =
        runs.values().stream().mapToDouble(run -> log(run, figure)).average().orElseThrow();
    double products = 0;
    double squares = 0;
    for (var run : runs.entrySet()) {
      double x = Math.log(run.getKey()) - meanX;
      products += x * (log(run.getValue(), figure) - meanY);
      squares += x * x;
    }
    return products / squares;
  }

  /** A time that is too short to be measured counts as a millisecond. */
  private static double log(Figures run, String figure) {
    return Math.log(Math.max(run.get(figure), 0.001));
  }

  /** A line for each figure, with its values and its exponent. */
  String table() {
    StringBuilder text = new StringBuilder("%-24s".formatted("seconds at " + what));
    runs.keySet().forEach(size -> text.append("%10d".formatted(size)));
    text.append("   exponent%n".formatted());
    for (String figure : shown()) {
      text.append("%-24s".formatted(figure.replace("Seconds", "")));
      runs.values().forEach(run -> text.append("%10.1f".formatted(run.get(figure))));
      text.append("%11.2f%n".formatted(exponent(figure)));
    }
    return text.toString();
  }

  /** The same as a drawing with both axes logarithmic, in SVG. */
  String svg() {
    double least = shown().stream().mapToDouble(this::least).min().orElseThrow();
    double most = shown().stream().mapToDouble(this::most).max().orElseThrow();
    StringBuilder svg =
        new StringBuilder(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                    .formatted(WIDTH, HEIGHT)
                + " font-family=\"sans-serif\" font-size=\"12\">\n"
                + "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
    for (int size : runs.keySet()) {
      text(svg, x(size), HEIGHT - BOTTOM + 18, "middle", Integer.toString(size), "black");
      line(svg, x(size), y(least, least, most), x(size), y(most, least, most));
    }
    text(svg, WIDTH / 2.0, HEIGHT - 8, "middle", what, "black");
    for (double tick = Math.pow(10, Math.floor(Math.log10(least))); tick <= most; tick *= 10) {
      if (tick >= least) {
        text(svg, LEFT - 6, y(tick, least, most) + 4, "end", plain(tick) + " s", "black");
        line(svg, LEFT, y(tick, least, most), WIDTH - LEFT, y(tick, least, most));
      }
    }
    for (int i = 0; i < shown().size(); i++) {
      String figure = shown().get(i);
      String colour = COLOURS.get(i);
      svg.append(
          runs.entrySet().stream()
              .map(run -> point(run.getKey(), y(run.getValue().get(figure), least, most)))
              .collect(
                  Collectors.joining(
                      " ",
                      "<polyline fill=\"none\" stroke-width=\"2\" stroke=\""
                          + colour
                          + "\" points=\"",
                      "\"/>\n")));
      String legend =
          String.format(
              Locale.ROOT, "%s (exponent %.2f)", figure.replace("Seconds", ""), exponent(figure));
      text(svg, LEFT + 10, LEGEND + 16.0 * i, "start", legend, colour);
    }
    return svg.append("</svg>\n").toString();
  }

  private double least(String figure) {
    return runs.values().stream().mapToDouble(run -> run.get(figure)).min().orElseThrow();
  }

  private double most(String figure) {
    return runs.values().stream().mapToDouble(run -> run.get(figure)).max().orElseThrow();
  }

  private double x(int size) {
    return LEFT + share(size, runs.firstKey(), runs.lastKey()) * (WIDTH - 2 * LEFT);
  }

  private static double y(double value, double least, double most) {
    int top = LEGEND + 16 * FIGURES.size();
    return HEIGHT - BOTTOM - share(value, least, most) * (HEIGHT - BOTTOM - top);
  }

  private static double share(double value, double least, double most) {
    return Math.log(value / least) / Math.log(most / least);
  }

  private String point(int size, double y) {
    return String.format(Locale.ROOT, "%.1f,%.1f", x(size), y);
  }

  private static String plain(double tick) {
    return tick >= 1 ? Long.toString((long) tick) : String.format(Locale.ROOT, "%.2f", tick);
  }

  private static void text(
      StringBuilder svg, double x, double y, String anchor, String text, String colour) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n",
            x,
            y,
            anchor,
            colour,
            text));
  }

  private static void line(StringBuilder svg, double x1, double y1, double x2, double y2) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>%n",
            x1,
            y1,
            x2,
            y2));
  }
}
