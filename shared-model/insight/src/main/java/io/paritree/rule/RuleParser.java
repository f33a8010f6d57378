package io.paritree.rule;

import io.paritree.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the text of one rule, from left to right. */
final class RuleParser {
  private static final String FORM =
      "[warn:] subject[.measure[(baseline)]] < | <= | > | >= | != bound,"
          + " such as any.missing > reference + 0.20";

  private final String text;
  private int at;

  RuleParser(String text) {
    this.text = text;
  }

  /** What a rule says, before its words are checked. */
  record Read(
      boolean isWarning,
      String subject,
      String measure,
      Optional<String> against,
      Operator operator,
      Bound bound) {}

  Read read() throws RuleException {
    boolean isWarning = takesWarning();
    String subject = subject();
    StringBuilder parts = new StringBuilder();
    while (takes(".")) {
      parts.append(parts.isEmpty() ? "" : ".").append(word("a measure"));
    }

    String measure = parts.toString();
    Optional<String> against = Optional.empty();
    if (!measure.isEmpty() && takes("(")) {
      against = Optional.of(word("a baseline"));
      expect(")");
    }

    Operator operator = operator();
    Bound bound = bound();
    if (at < text.length()) {
      throw wrong("its end");
    }

    return new Read(isWarning, subject, measure, against, operator, bound);
  }

  private boolean takesWarning() {
    skipBlanks();
    int start = at;
    if (takes("warn") && takes(":")) {
      return true;
    }

    at = start;
    return false;
  }

  private String subject() throws RuleException {
    return takes("\"") ? quoted() : word("a subject");
  }

  /** Reads up to the closing quote; a backslash takes the next character as it is. */
  private String quoted() throws RuleException {
    StringBuilder subject = new StringBuilder();
    while (at < text.length() && text.charAt(at) != '"') {
      if (text.charAt(at) == '\\' && at + 1 < text.length()) {
        at++;
      }

      subject.append(text.charAt(at++));
    }

    expect("\"");
    return subject.toString();
  }

  private String word(String expected) throws RuleException {
    skipBlanks();
    int start = at;
    while (at < text.length() && isWordPart(text.charAt(at))) {
      at++;
    }

    if (at == start) {
      throw wrong(expected);
    }

    String word = text.substring(start, at);
    skipBlanks();
    return word;
  }

  private static boolean isWordPart(char character) {
    return Character.isLetterOrDigit(character)
        || character == '_'
        || character == '@'
        || Character.isSurrogate(character);
  }

  private Operator operator() throws RuleException {
    for (Operator longest : List.of(Operator.AT_MOST, Operator.AT_LEAST, Operator.NOT_EQUAL)) {
      if (takes(longest.sign())) {
        return longest;
      }
    }

    if (takes("<")) {
      return Operator.LESS;
    }

    if (takes(">")) {
      return Operator.GREATER;
    }

    throw wrong("<, <=, >, >= or !=");
  }

  private Bound bound() throws RuleException {
    Optional<Double> number = number();
    if (number.isPresent()) {
      return takes("*") ? new Bound(baselines(), number.get(), 0) : Bound.number(number.get());
    }

    List<String> baselines = baselines();
    if (takes("*")) {
      return new Bound(baselines, someNumber(), 0);
    }

    if (takes("+")) {
      return new Bound(baselines, 1, someNumber());
    }

    return new Bound(baselines, 1, takes("-") ? -someNumber() : 0);
  }

  private List<String> baselines() throws RuleException {
    List<String> baselines = new ArrayList<>();
    do {
      baselines.add(word("a number or a baseline"));
    } while (takes("|"));
    return baselines;
  }

  private double someNumber() throws RuleException {
    return number().orElseThrow(() -> wrong("a number"));
  }

  /** Reads a decimal number, if one is here. */
  private Optional<Double> number() throws RuleException {
    skipBlanks();
    int start = at;
    int end = at;
    while (end < text.length() && isNumberPart(start, end)) {
      end++;
    }

    boolean begins =
        end > start
            && (isDigit(text.charAt(start))
                || end > start + 1 && "+-.".indexOf(text.charAt(start)) >= 0);
    if (!begins) {
      return Optional.empty();
    }

    try {
      double value = Double.parseDouble(text.substring(start, end));
      if (Double.isFinite(value)) {
        at = end;
        skipBlanks();
        return Optional.of(value);
      }
    } catch (NumberFormatException e) {
      // reported below, like a number that is too large
    }

    throw wrong("a number");
  }

  private boolean isNumberPart(int start, int place) {
    char character = text.charAt(place);
    boolean isSign =
        (character == '+' || character == '-')
            && (place == start || "eE".indexOf(text.charAt(place - 1)) >= 0);
    return isDigit(character)
        || character == '.'
        || isSign
        || place > start && "eE".indexOf(character) >= 0;
  }

  private static boolean isDigit(char character) {
    return character >= '0' && character <= '9';
  }

  private void skipBlanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  /** Takes a sign if it is next, and the blanks around it, but for those inside of quotes. */
  private boolean takes(String sign) {
    skipBlanks();
    if (!text.startsWith(sign, at)) {
      return false;
    }

    at += sign.length();
    return true;
  }

  private void expect(String sign) throws RuleException {
    if (!takes(sign)) {
      throw wrong(sign);
    }

    skipBlanks();
  }

  private RuleException wrong(String expected) {
    String rest = text.substring(at).strip();
    return Rule.refused(
        text,
        "%s is expected, but %s; the form is %s"
            .formatted(
                expected,
                rest.isEmpty()
                    ? "it ends there"
                    : "'%s' follows".formatted(Fault.printable(rest, 40)),
                FORM));
  }
}
