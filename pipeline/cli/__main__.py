"""``python -m pipeline.cli`` is ``xuanjian``."""

from pipeline.cli import main

if __name__ == "__main__":
    main()
