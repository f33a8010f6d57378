package io.paritree.docs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command of a block of commands. Such a block has only what {@link #all} understands: words with
 * quotes, a text of several lines in single quotes, {@code \} at the end of a line, {@code export
 * NAME=VALUE}, {@code $NAME} of an exported name, {@code > FILE}, and comments. A comment {@code #
 * ends with 4} says the exit code, which is otherwise 0.
 *
 * @param place page and line
 * @param environment what is exported before it, or set by it
 * @param program what it starts
 * @param arguments the words after the program
 * @param output the file that its standard output goes to
 * @param exitCode what it ends with
 */
public record Command(
    String place,
    Map<String, String> environment,
    Program program,
    List<String> arguments,
    Optional<String> output,
    int exitCode) {
  private static final Pattern ASSIGNED = Pattern.compile("([A-Z][A-Z0-9_]*)=(.*)");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([A-Z][A-Z0-9_]*)\\}?");
  private static final Pattern ENDS = Pattern.compile("ends with ([0-9]+)");

  public Command {
    environment = Map.copyOf(environment);
    arguments = List.copyOf(arguments);
    Objects.requireNonNull(output, "output");
  }

  /** Returns the commands of a block; fails where it has anything else. */
  public static List<Command> all(Block block) {
    List<Command> commands = new ArrayList<>();
    Map<String, String> exported = new HashMap<>();
    List<String> lines = block.text().lines().toList();
    for (int index = 0; index < lines.size(); index++) {
      String place = block.page() + ":" + (block.line() + index);
      StringBuilder line = new StringBuilder(lines.get(index));
      while (line.toString().endsWith("\\") || isQuoted(line)) {
        if (isQuoted(line)) {
          line.append('\n');
        } else {
          line.setLength(line.length() - 1);
        }

        line.append(lines.get(++index));
      }

      Line read = new Line(place, line.toString(), exported);
      if (read.words.isEmpty()) {
        continue;
      } else if (read.words.get(0).equals("export")) {
        Map<String, String> set = assigned(read.words.subList(1, read.words.size()));
        if (set.size() != read.words.size() - 1) {
          throw new AssertionError(place + ": expected export NAME=VALUE");
        }

        exported.putAll(set);
      } else {
        commands.add(command(block, read, exported));
      }
    }

    return commands;
  }

  /** Returns whether a line ends inside single quotes; a comment is no part of it. */
  private static boolean isQuoted(CharSequence line) {
    String text = line.toString().replaceFirst("(^|\\s)#.*", "");
    return text.chars().filter(sign -> sign == '\'').count() % 2 == 1;
  }

  private static Command command(Block block, Line line, Map<String, String> exported) {
    Map<String, String> own = assigned(line.words);
    Map<String, String> environment = new HashMap<>(exported);
    environment.putAll(own);
    List<String> words = line.words.subList(own.size(), line.words.size());
    Program program =
        Program.of(words)
            .filter(known -> known.isIn(block.kind()))
            .orElseThrow(
                () ->
                    new AssertionError(
                        "%s: no test tries '%s' in a block '%s'"
                            .formatted(line.place, words.get(0), block.info())));
    List<String> arguments = new ArrayList<>(words.subList(1, words.size()));
    Optional<String> output = Optional.empty();
    int sign = arguments.indexOf(Line.INTO);
    if (sign >= 0) {
      output = Optional.of(arguments.get(sign + 1));
      arguments.subList(sign, sign + 2).clear();
    }

    Matcher ends = ENDS.matcher(line.comment);
    int exitCode = ends.find() ? Integer.parseInt(ends.group(1)) : 0;
    return new Command(line.place, environment, program, arguments, output, exitCode);
  }

  /** Returns the assignments that words begin with. */
  private static Map<String, String> assigned(List<String> words) {
    Map<String, String> assigned = new HashMap<>();
    for (String word : words) {
      Matcher matcher = ASSIGNED.matcher(word);
      if (!matcher.matches()) {
        break;
      }

      assigned.put(matcher.group(1), matcher.group(2));
    }

    return assigned;
  }

  /** Returns the arguments with the paths of the story below a directory. */
  public List<String> arguments(Path directory) {
    return arguments.stream().map(argument -> Loans.real(directory, argument)).toList();
  }

  /** Returns page, line and command. */
  @Override
  public String toString() {
    return "%s: %s %s".formatted(place, program.path(), String.join(" ", arguments));
  }

  /** A line of a shell, in words. */
  private static final class Line {
    private static final String INTO = "\0>";

    private final String place;
    private final List<String> words = new ArrayList<>();
    private String comment = "";

    private Line(String place, String line, Map<String, String> variables) {
      this.place = place;
      StringBuilder word = null;
      char quote = 0;
      for (int index = 0; index < line.length(); index++) {
        char sign = line.charAt(index);
        if (quote != 0) {
          if (sign == quote) {
            quote = 0;
          } else {
            int begin = index;
            index = quote == '\'' ? index : endOfVariable(line, index);
            word.append(expanded(line.substring(begin, index + 1), variables, quote));
          }
        } else if (sign == '\'' || sign == '"') {
          quote = sign;
          word = word == null ? new StringBuilder() : word;
        } else if (sign == ' ') {
          word = ended(word);
        } else if (sign == '#' && word == null) {
          comment = line.substring(index + 1);
          break;
        } else if (sign == '>' && word == null) {
          words.add(INTO);
        } else if (";&|<>`(".indexOf(sign) >= 0) {
          throw new AssertionError("%s: no test understands '%s'".formatted(place, sign));
        } else {
          int begin = index;
          index = endOfVariable(line, index);
          word = word == null ? new StringBuilder() : word;
          word.append(expanded(line.substring(begin, index + 1), variables, quote));
        }
      }

      if (quote != 0) {
        throw new AssertionError(place + ": a quote does not end");
      }

      ended(word);
    }

    private StringBuilder ended(StringBuilder word) {
      if (word != null) {
        words.add(word.toString());
      }

      return null;
    }

    private static int endOfVariable(String line, int index) {
      Matcher variable = VARIABLE.matcher(line).region(index, line.length());
      return variable.lookingAt() ? variable.end() - 1 : index;
    }

    private String expanded(String text, Map<String, String> variables, char quote) {
      if (quote == '\'' || !text.startsWith("$")) {
        return text;
      }

      Matcher variable = VARIABLE.matcher(text);
      if (!variable.matches() || !variables.containsKey(variable.group(1))) {
        throw new AssertionError("%s: nothing before exports '%s'".formatted(place, text));
      }

      return variables.get(variable.group(1));
    }
  }
}
