"""What a provider can do wrong, for the long runs."""


def fault(dice, provider):
    """One kind of trouble, by name, and its step of the script."""
    lost = {"behaviour": dice.choice(["close", "reset"]), "delivers": dice.random() < 0.5, "every": dice.randint(10, 40)}
    kinds = {
        "503": {"behaviour": "503", "retryAfter": dice.randint(1, 4)},
        "503 with a date": {"behaviour": "503", "retryAfter": {"date": dice.randint(1, 5)}},
        "503 now and then": {"behaviour": "503", "every": dice.randint(3, 20)},
        "429": {"behaviour": "429", "retryAfter": dice.randint(1, 3), "every": dice.randint(20, 60)},
        "403": {"behaviour": "permission-denied" if provider == "fcm" else "invalid-provider-token"},
        "goaway": {"every": dice.randint(20, 80), "goaway": {"last": dice.choice(["this", "before", "max"]), "debug": {"reason": "Shutdown"}}},
        "goaway in two steps": {"every": 50, "goaway": [{"last": "max"}, {"last": "this"}]},
        "refused stream": {"behaviour": "reset", "code": "REFUSED_STREAM", "every": dice.randint(5, 30)},
        "lost answer": lost,
        "silence": {"behaviour": "silence", "delivers": dice.random() < 0.5, "times": dice.randint(1, 3)},
        "half-open peer": {"behaviour": "freeze", "delivers": dice.random() < 0.5, "times": 1},
        "slow": {"behaviour": "accept", "delay": dice.randint(200, 3000), "every": dice.randint(2, 10)},
        "one stream": {"settings": [{"maxConcurrentStreams": 1}, {"maxConcurrentStreams": 100, "after": 1500}], "times": 2},
        "answer in pieces": {"behaviour": "accept", "frames": 7},
        "HTML 502": {"status": 502, "body": "<html>Bad Gateway</html>", "contentType": "text/html", "every": dice.randint(5, 30)},
    }
    name = dice.choice(list(kinds))
    return name, kinds[name]
