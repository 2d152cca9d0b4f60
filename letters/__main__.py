"""`python -m letters`: renders the letters' sources into the Lambda's package."""

from letters.rendering import rendered

if __name__ == "__main__":
    for path, text in rendered():
        path.write_text(text, encoding="utf-8")
