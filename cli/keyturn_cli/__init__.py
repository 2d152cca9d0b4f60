"""The operator's command line: asks the deployed stack, forecasts without one, and shows the answers.

    main          the commands, the exit codes, and how any error becomes one line
    forecast      what the settings would do to an account, from its credential report (needs no AWS)
    plan, rotate, status, rollback, history     ask the deployed functions
    doctor        is the stack healthy
    verify        a rotation tried out on a throwaway user

Each command is a module; `stack` finds the deployed stack, `output` shows answers as table, JSON or CSV. Nothing here
decides about keys: the deployed functions do, and `forecasting` runs the very same plan.
"""
