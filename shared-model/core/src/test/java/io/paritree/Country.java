package io.paritree;

import java.util.Locale;
import java.util.concurrent.Callable;

/** Runs something in a process whose default locale is another one. */
public final class Country {
  private Country() {}

  /**
   * Returns what something gives in a country.
   *
   * @param language a language tag: {@code fa-IR} and {@code ar-EG} have other digits, {@code
   *     tr-TR} another capital i
   */
  public static <T> T in(String language, Callable<T> something) throws Exception {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(language));
    try {
      return something.call();
    } finally {
      Locale.setDefault(before);
    }
  }
}
