package io.paritree.model.layout;

import java.util.regex.Pattern;

/** The rules for names of models and aliases, and for versions. */
public final class ModelName {
  public static final String RULE = "1 to 64 of the characters A-Z a-z 0-9 . _ -, not '.' or '..'";
  public static final long MAX_VERSION = 999_999_999;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,8}");

  private ModelName() {}

  public static boolean isName(String text) {
    return NAME.matcher(text).matches() && !text.equals(".") && !text.equals("..");
  }

  /** Returns whether a text is an alias: a name that cannot be confused with a version. */
  public static boolean isAlias(String text) {
    return isName(text) && !text.matches("[0-9]+");
  }

  public static boolean isVersion(String text) {
    return VERSION.matcher(text).matches();
  }
}
