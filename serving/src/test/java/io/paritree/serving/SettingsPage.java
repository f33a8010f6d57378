package io.paritree.serving;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes {@code conf/serving.conf} as a page: a section for each group, a heading for each key. */
final class SettingsPage {
  private static final int WIDTH = 100;
  private static final int MOST_WORDS = 55;
  private static final Pattern KEY = Pattern.compile(" *([a-z-]+) = (.*)");
  private static final Pattern GROUP = Pattern.compile(" *([a-z-]+) \\{");
  private static final String BEGIN =
      """
      # Reference: settings of the server

      Every setting of `scripts/serve`, with its unit and default. This page is made from
      `conf/serving.conf`, which is HOCON and the file to copy; a test holds them equal.

      ```sh
      scripts/serve --model models/credit@champion --set server.port=9000 --set log.requests=off
      ```

      With an unknown key or a value out of range the server does not start.
      """;

  private final StringBuilder page = new StringBuilder(BEGIN);
  private final Deque<String> groups = new ArrayDeque<>();
  private final List<String> comment = new ArrayList<>();

  private SettingsPage() {}

  /** Returns the page of a file that has a comment before each key. */
  static String of(List<String> lines) {
    SettingsPage page = new SettingsPage();
    for (String line : lines.subList(lines.indexOf(""), lines.size())) {
      page.add(line);
    }

    return page.page.toString();
  }

  private void add(String line) {
    Matcher group = GROUP.matcher(line);
    Matcher key = KEY.matcher(line);
    if (line.strip().startsWith("#")) {
      comment.add(line.strip().substring(1));
    } else if (group.matches()) {
      groups.addLast(group.group(1));
      page.append("\n## `%s`\n".formatted(String.join(".", groups)));
      writeComment();
    } else if (key.matches()) {
      page.append("\n### `%s.%s`\n".formatted(String.join(".", groups), key.group(1)));
      String form = key.group(2).length() < WIDTH - 11 ? "`%s`" : "\n\n```text\n%s\n```";
      page.append(("\nDefault: " + form).formatted(key.group(2)).replace(" \n", "\n") + "\n");
      writeComment();
    } else if (line.strip().equals("}")) {
      groups.removeLast();
    }
  }

  /** Writes the comment in paragraphs; what is indented in it is an example. */
  private void writeComment() {
    StringBuilder text = new StringBuilder();
    List<String> example = new ArrayList<>();
    for (String line : comment) {
      if (line.startsWith("   ")) {
        example.add(line.substring(3));
      } else {
        text.append(line);
      }
    }

    StringBuilder paragraph = new StringBuilder();
    for (String sentence : text.toString().strip().split("(?<=[.;]) +(?=[A-Z])")) {
      if (!paragraph.isEmpty() && words(paragraph) + words(sentence) > MOST_WORDS) {
        writeParagraph(paragraph.toString());
        paragraph.setLength(0);
      }

      paragraph.append(paragraph.isEmpty() ? "" : " ").append(sentence);
    }

    if (!paragraph.toString().isBlank()) {
      writeParagraph(paragraph.toString());
    }

    if (!example.isEmpty()) {
      page.append("\n```text\n").append(String.join("\n", example)).append("\n```\n");
    }

    comment.clear();
  }

  private static int words(CharSequence text) {
    return text.toString().split(" ").length;
  }

  private void writeParagraph(String text) {
    int width = 0;
    page.append('\n');
    for (String word : text.split(" +")) {
      boolean ends = width + 1 + word.length() > WIDTH;
      String before = ends ? "\n" : " ";
      page.append(width == 0 ? "" : before).append(word);
      width = (width == 0 || ends ? 0 : width + 1) + word.length();
    }

    page.append('\n');
  }
}
